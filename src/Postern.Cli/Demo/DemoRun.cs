using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Postern.Qstp;
using Postern.Tunneling;

namespace Postern.Cli.Demo;

/// <summary>
/// The main job, end to end: a web server that knows nothing of tunnels, fetched by an ordinary HTTP client through forwarder and
/// exposer, with someone listening on the path; then the attacks.
/// </summary>
internal sealed class DemoRun(Suite suite, string folder, int fileSize, Action<string> report, CancellationToken cancellationToken)
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    public async Task<DemoResult> RunAsync()
    {
        long start = Stopwatch.GetTimestamp();
        using DemoAuthority authority = DemoAuthority.Create(suite, folder, "demo");
        using DemoAuthority foreign = DemoAuthority.Create(suite, folder, "foreign");
        TimeSpan issuing = Stopwatch.GetElapsedTime(start);
        report($"Made two roots and two signed server certificates for {suite.Name} in {issuing.TotalMilliseconds:0} ms.");

        DemoTransfer transfer = await TransferAsync(authority);
        List<AttackResult> attacks =
        [
            await DemoAttacks.TamperAsync(authority, cancellationToken),
            await DemoAttacks.ReplayAsync(authority, cancellationToken),
            DemoAttacks.Expired(authority),
            DemoAttacks.Foreign(authority, foreign),
            await DemoAttacks.ImpostorAsync(authority, foreign, cancellationToken),
        ];
        return new DemoResult(suite.Name, issuing, transfer, attacks, Stopwatch.GetElapsedTime(start));
    }

    private async Task<DemoTransfer> TransferAsync(DemoAuthority authority)
    {
        await using DemoFileService service = await DemoFileService.StartAsync(folder, fileSize, cancellationToken);
        await using Exposer exposer = Exposer.Start(new ExposerOptions
        {
            Target = service.EndPoint,
            Listen = handler => QstpServer.Start(
                AnyPort,
                new QstpServerOptions
                {
                    Identities = [authority.Identity],
                    Ratchets = new RatchetPolicy { EveryBytes = fileSize / 4, Jitter = 0 },
                },
                handler),
        });
        await using WireTap tap = new(exposer.LocalEndPoint);
        await using Forwarder forwarder = Forwarder.Start(AnyPort, new ForwarderOptions
        {
            Server = tap.EndPoint,
            Path = ForwardingPath.TunnelEach(token => QstpClient.ConnectAsync(tap.EndPoint, authority.Root.Verify(authority.Certificate), null, token)),
        });
        report($"A web server on {service.EndPoint}, exposed on {exposer.LocalEndPoint}, forwarded to {forwarder.LocalEndPoint}, with a listener on the path.");

        TimeSpan handshake = await MeasureHandshakeAsync(exposer.LocalEndPoint, authority);
        long start = Stopwatch.GetTimestamp();
        (long bytes, string digest) = await FetchAsync(forwarder.LocalEndPoint);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        report($"Fetched {bytes / 1048576.0:0} MiB through the tunnel in {time.TotalSeconds:0.00} s ({bytes / 1048576.0 / time.TotalSeconds:0} MiB/s).");

        byte[] captured = tap.Captured;
        return new DemoTransfer
        {
            Bytes = bytes,
            ExpectedDigest = service.Digest,
            Digest = digest,
            Handshake = handshake,
            Time = time,
            Ratchets = exposer.Traffic.Ratchets,
            Packets = tap.Packets,
            CapturedBytes = captured.Length,
            PlaintextSeen = Contains(captured, DemoFileService.Marker) || Contains(captured, "HTTP/1.1") || Contains(captured, "GET /file.bin"),
        };
    }

    private async Task<TimeSpan> MeasureHandshakeAsync(EndPoint server, DemoAuthority authority)
    {
        TimeSpan best = TimeSpan.MaxValue;
        for (int i = 0; i < 5; i++)
        {
            long start = Stopwatch.GetTimestamp();
            await using SecureChannel channel = await QstpClient.ConnectAsync(
                server, authority.Root.Verify(authority.Certificate), null, cancellationToken);
            TimeSpan time = Stopwatch.GetElapsedTime(start);
            await channel.CloseAsync(cancellationToken);
            if (time < best) best = time;
        }

        return best;
    }

    private async Task<(long Bytes, string Digest)> FetchAsync(EndPoint forwarder)
    {
        using HttpClient client = new();
        await using Stream body = await client.GetStreamAsync(new Uri($"http://{forwarder}/file.bin"), cancellationToken);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[128 * 1024];
        long bytes = 0;
        while (await body.ReadAsync(buffer, cancellationToken) is > 0 and int count)
        {
            hash.AppendData(buffer, 0, count);
            bytes += count;
        }

        return (bytes, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    private static bool Contains(ReadOnlySpan<byte> data, string text) => data.IndexOf(Encoding.ASCII.GetBytes(text)) >= 0;
}
