using System.Net;
using System.Net.Sockets;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Doctor;

/// <summary>A server that is to be reached, its clock, and a port that is to be free.</summary>
internal static class NetworkExamination
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan NotableOffset = TimeSpan.FromSeconds(10);

    /// <summary>Connects, and runs a handshake with each certificate that there is, until one succeeds.</summary>
    public static async Task<IReadOnlyList<Finding>> ReachAsync(EndPoint endPoint, IReadOnlyList<VerifiedServer> servers, CancellationToken cancellationToken)
    {
        string subject = EndPointText(endPoint);
        if (await ConnectAsync(endPoint, cancellationToken) is { } failure)
        {
            return [Finding.Fail(subject, $"not reachable: {failure}", "Is the server running, and does a firewall let TCP through to that port?")];
        }

        List<Finding> findings = [Finding.Ok(subject, "reachable by TCP")];
        if (servers.Count == 0)
        {
            findings.Add(Finding.Warn(subject, "no handshake was tried: there is no server certificate that verifies", "Give the server's certificate and its root's."));
            return findings;
        }

        List<Finding> refusals = [];
        foreach (VerifiedServer server in servers.OrderByDescending(server => IsNamed(server, endPoint)))
        {
            Finding handshake = await ShakeHandsAsync(endPoint, subject, server, cancellationToken);
            if (handshake.Level != FindingLevel.Fail) return [.. findings, handshake];
            refusals.Add(handshake);
        }

        return [.. findings, .. refusals];
    }

    /// <summary>Listens for a moment.</summary>
    public static Finding Listen(IPEndPoint endPoint)
    {
        using Socket socket = new(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.AddressFamily == AddressFamily.InterNetworkV6) socket.DualMode = true;
            socket.Bind(endPoint);
            socket.Listen(1);
            return Finding.Ok($"{endPoint}", "free to listen on");
        }
        catch (SocketException exception)
        {
            return Finding.Fail($"{endPoint}", $"cannot be listened on: {exception.Message}", "See who has the port, or choose another one with --listen.");
        }
    }

    private static async Task<string?> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        try
        {
            using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(endPoint, deadline.Token);
            return null;
        }
        catch (SocketException exception)
        {
            return exception.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {Patience.TotalSeconds:0} s";
        }
    }

    private static async Task<Finding> ShakeHandsAsync(EndPoint endPoint, string subject, VerifiedServer server, CancellationToken cancellationToken)
    {
        string name = $"'{server.Certificate.Issuer}'";
        try
        {
            await using SecureChannel channel = await QstpClient.ConnectAsync(
                endPoint, server, new QstpClientOptions { HandshakeTimeout = Patience }, cancellationToken);
            if (channel.GetStatus().PeerClockOffset is not { } offset) return Finding.Ok(subject, $"handshake with {name} done");
            string clock = $"handshake with {name} done; its clock is {offset.TotalSeconds:+0;-0;0} s from this one";
            return offset.Duration() < NotableOffset
                ? Finding.Ok(subject, clock)
                : Finding.Warn(subject, clock, "Set both clocks by NTP: past 60 s connections are refused.");
        }
        catch (ChannelException exception)
        {
            string advice = exception.Error switch
            {
                ChannelError.UnknownIdentity or ChannelError.PeerReportedError => "Is it the server's present certificate, and are both clocks right?",
                _ => "Is it a QSTP server, and are both clocks right?",
            };
            return Finding.Fail(subject, $"handshake with {name}: {exception.Message}", advice);
        }
    }

    // Where several servers' certificates lie, the one that bears the host's name is the first to be tried.
    private static bool IsNamed(VerifiedServer server, EndPoint endPoint) =>
        endPoint is DnsEndPoint dns && string.Equals(server.Certificate.Issuer, dns.Host, StringComparison.OrdinalIgnoreCase);

    private static string EndPointText(EndPoint endPoint) => endPoint is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : $"{endPoint}";
}
