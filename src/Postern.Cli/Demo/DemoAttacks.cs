using System.Net;
using System.Text;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Demo;

/// <summary>What someone on the path, or with the wrong papers, tries, and what comes of it.</summary>
internal static class DemoAttacks
{
    private const byte MessageFlag = 0x04;

    /// <summary>A byte of a sealed packet is changed on its way.</summary>
    public static Task<AttackResult> TamperAsync(DemoAuthority authority, CancellationToken cancellationToken) => OnThePathAsync(
        "one changed byte in a packet",
        authority,
        packet =>
        {
            if (packet.Flag == MessageFlag) packet.Bytes[^1] ^= 1;
            return [packet.Bytes];
        },
        ChannelError.AuthenticationFailed,
        cancellationToken);

    /// <summary>A sealed packet is sent a second time.</summary>
    public static Task<AttackResult> ReplayAsync(DemoAuthority authority, CancellationToken cancellationToken) => OnThePathAsync(
        "a packet sent twice",
        authority,
        packet => packet.Flag == MessageFlag ? [packet.Bytes, packet.Bytes] : [packet.Bytes],
        ChannelError.OutOfSequence,
        cancellationToken);

    /// <summary>The server's certificate is looked at after its week is over.</summary>
    public static AttackResult Expired(DemoAuthority authority)
    {
        VerificationPolicy inTenDays = new() { Clock = new ShiftedClock(TimeSpan.FromDays(10)) };
        return Verify("an expired certificate", authority.Root, authority.Certificate, inTenDays, ChannelError.CertificateExpired);
    }

    /// <summary>A certificate that another root signed, under the serial of the trusted one or not.</summary>
    public static AttackResult Foreign(DemoAuthority authority, DemoAuthority foreign) => Verify(
        "a certificate of a foreign root", authority.Root, foreign.Certificate, VerificationPolicy.Default, ChannelError.CertificateInvalid);

    /// <summary>A server that holds another key than the certificate's answers in its place.</summary>
    public static async Task<AttackResult> ImpostorAsync(DemoAuthority authority, DemoAuthority foreign, CancellationToken cancellationToken)
    {
        await using QstpServer impostor = StartEcho(foreign);
        VerifiedServer expected = authority.Root.Verify(authority.Certificate);
        return await ExpectAsync(
            "another server in its place",
            ChannelError.PeerReportedError,
            async () =>
            {
                await using SecureChannel channel = await QstpClient.ConnectAsync(impostor.LocalEndPoint, expected, null, cancellationToken);
            });
    }

    private static async Task<AttackResult> OnThePathAsync(
        string name,
        DemoAuthority authority,
        Func<WirePacket, IEnumerable<byte[]>> alter,
        ChannelError expected,
        CancellationToken cancellationToken)
    {
        await using QstpServer server = StartEcho(authority);
        await using WireTap tap = new(server.LocalEndPoint, alter);
        return await ExpectAsync(name, expected, async () =>
        {
            VerifiedServer verified = authority.Root.Verify(authority.Certificate);
            await using SecureChannel channel = await QstpClient.ConnectAsync(tap.EndPoint, verified, null, cancellationToken);
            byte[] answer = new byte[64];
            for (int i = 0; i < 2; i++)
            {
                await channel.SendAsync(Encoding.ASCII.GetBytes($"message {i}"), cancellationToken);
                await channel.ReceiveAsync(answer, cancellationToken);
            }
        });
    }

    private static QstpServer StartEcho(DemoAuthority authority) => QstpServer.Start(
        new IPEndPoint(IPAddress.Loopback, 0),
        new QstpServerOptions { Identities = [authority.Identity] },
        static async (channel, cancellationToken) =>
        {
            byte[] buffer = new byte[channel.MaxMessageSize];
            while (await channel.ReceiveAsync(buffer, cancellationToken) is > 0 and int size)
            {
                await channel.SendAsync(buffer.AsMemory(0, size), cancellationToken);
            }
        });

    private static AttackResult Verify(
        string name, RootCertificate root, ServerCertificate certificate, VerificationPolicy policy, ChannelError expected)
    {
        try
        {
            root.Verify(certificate, policy);
            return new AttackResult(name, false, "accepted");
        }
        catch (ChannelException exception)
        {
            return new AttackResult(name, exception.Error == expected, exception.Message);
        }
    }

    private static async Task<AttackResult> ExpectAsync(string name, ChannelError expected, Func<Task> attack)
    {
        try
        {
            await attack();
            return new AttackResult(name, false, "nothing was noticed");
        }
        catch (ChannelException exception)
        {
            return new AttackResult(name, exception.Error == expected, exception.Message);
        }
    }

    private sealed class ShiftedClock(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
