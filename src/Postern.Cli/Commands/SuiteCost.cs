using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Postern.Qsmp;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands;

/// <summary>Measures handshakes of one set, both ends in this process over loopback.</summary>
internal static class SuiteCost
{
    private const int MostRuns = 5;
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>The shortest of a few handshakes, in milliseconds: SIMPLEX for a set of QSMP.</summary>
    public static async Task<double> MeasureAsync(Suite suite, CancellationToken cancellationToken)
    {
        using IHandshakePair pair = QsmpSuites.All.Contains(suite) ? new SimplexPair(suite) : new QstpPair(suite);
        await RunAsync(pair, cancellationToken);
        double best = double.MaxValue;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < MostRuns && (i == 0 || Stopwatch.GetElapsedTime(start) < Enough); i++)
        {
            best = Math.Min(best, await RunAsync(pair, cancellationToken));
        }

        return best;
    }

    private static async Task<double> RunAsync(IHandshakePair pair, CancellationToken cancellationToken)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Socket clientSocket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await clientSocket.ConnectAsync(listener.LocalEndpoint, cancellationToken);
        Socket serverSocket = await listener.AcceptSocketAsync(cancellationToken);
        serverSocket.NoDelay = true;
        long start = Stopwatch.GetTimestamp();
        Task<SecureChannel> accepting = Task.Run(
            () => pair.AcceptAsync(new NetworkStream(serverSocket, ownsSocket: true), cancellationToken), cancellationToken);
        await using SecureChannel client = await pair.ConnectAsync(new NetworkStream(clientSocket, ownsSocket: true), cancellationToken);
        await using SecureChannel server = await accepting;
        double time = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        await client.AbortAsync();
        await server.AbortAsync();
        return time;
    }

    private interface IHandshakePair : IDisposable
    {
        Task<SecureChannel> ConnectAsync(Stream stream, CancellationToken cancellationToken);

        Task<SecureChannel> AcceptAsync(Stream stream, CancellationToken cancellationToken);
    }

    private sealed class QstpPair : IHandshakePair
    {
        private readonly ServerIdentity _identity;
        private readonly VerifiedServer _verified;

        public QstpPair(Suite suite)
        {
            using RootKey root = RootKey.Generate(suite, "measure", TimeSpan.FromDays(2));
            ServerKey key = ServerKey.Generate(suite, "measure", TimeSpan.FromDays(1));
            RootCertificate rootCertificate = root.CreateCertificate();
            ServerCertificate certificate = root.SignCertificate(key.CreateRequest());
            _verified = rootCertificate.Verify(certificate);
            _identity = ServerIdentity.Create(rootCertificate, certificate, key);
        }

        public Task<SecureChannel> ConnectAsync(Stream stream, CancellationToken cancellationToken) =>
            QstpClient.AuthenticateAsync(stream, _verified, new QstpClientOptions { HandshakeTimeout = Patience }, cancellationToken);

        public Task<SecureChannel> AcceptAsync(Stream stream, CancellationToken cancellationToken) => QstpServer.AuthenticateAsync(
            stream, new QstpServerOptions { Identities = [_identity], Limits = new ConnectionLimits { HandshakeTimeout = Patience } }, cancellationToken);

        public void Dispose() => _identity.Dispose();
    }

    private sealed class SimplexPair(Suite suite) : IHandshakePair
    {
        private readonly QsmpPrivateKey _key = QsmpPrivateKey.Generate(suite);

        public Task<SecureChannel> ConnectAsync(Stream stream, CancellationToken cancellationToken) => QsmpSimplexClient.AuthenticateAsync(
            stream, _key.GetPublicKey(QsmpMode.Simplex), new QsmpSimplexClientOptions { HandshakeTimeout = Patience }, cancellationToken);

        public Task<SecureChannel> AcceptAsync(Stream stream, CancellationToken cancellationToken) => QsmpSimplexServer.AuthenticateAsync(
            stream, new QsmpSimplexServerOptions { Keys = [_key], Limits = new ConnectionLimits { HandshakeTimeout = Patience } }, cancellationToken);

        public void Dispose() => _key.Dispose();
    }
}
