using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Postern.Tunneling;

/// <summary>The server's side of SOCKS5 (RFC 1928): CONNECT, by address or by name, without authentication.</summary>
internal static class Socks5Server
{
    private const byte Version = 5;
    private const byte NoAuthentication = 0;
    private const byte NoMethod = 0xFF;
    private const byte Connect = 1;
    private const byte IPv4 = 1;
    private const byte Name = 3;
    private const byte IPv6 = 4;
    private const byte NotSupportedCommand = 7;
    private const byte NotSupportedAddress = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Reads greeting and request, and answers the former.</summary>
    /// <exception cref="IOException">It is no SOCKS5, asks for something else than CONNECT, or takes too long.</exception>
    public static Task<StreamTarget> ReadRequestAsync(PlainEnd client, CancellationToken cancellationToken) =>
        FramedBytes.WithinAsync(client, Patience, () => ReadAsync(client), cancellationToken);

    /// <summary>Answers the request: the address that it asks for is nobody's business here and stays zero.</summary>
    public static async Task AnswerAsync(PlainEnd client, Exception? failure)
    {
        byte code = failure switch
        {
            null => 0,
            StreamRefusedException { Reason: StreamRefusal.NotAllowed or StreamRefusal.NotAuthenticated } => 2,
            StreamRefusedException { Reason: StreamRefusal.Unreachable } => 4,
            StreamRefusedException { Reason: StreamRefusal.UnknownTarget } => NotSupportedAddress,
            _ => 1,
        };
        await ReplyAsync(client, code).ConfigureAwait(false);
        // A refusal has to arrive: a connection that is reset may lose it.
        if (failure is not null) await client.CloseAsync().ConfigureAwait(false);
    }

    private static async Task<StreamTarget> ReadAsync(PlainEnd client)
    {
        byte[] greeting = await FramedBytes.ReadAsync(client, 2).ConfigureAwait(false);
        if (greeting[0] != Version) throw new IOException($"The client speaks no SOCKS5 (its first byte is {greeting[0]}).");
        byte[] methods = await FramedBytes.ReadAsync(client, greeting[1]).ConfigureAwait(false);
        bool isOpen = methods.Contains(NoAuthentication);
        await client.WriteAsync(new[] { Version, isOpen ? NoAuthentication : NoMethod }).ConfigureAwait(false);
        if (!isOpen) throw new IOException("The SOCKS5 client insists on authentication.");

        byte[] request = await FramedBytes.ReadAsync(client, 4).ConfigureAwait(false);
        if (request[0] != Version) throw new IOException("A SOCKS5 request of another version.");
        if (request[1] != Connect) throw await RefusedAsync(client, NotSupportedCommand, "the command is not CONNECT").ConfigureAwait(false);
        string host = request[3] switch
        {
            IPv4 => new IPAddress(await FramedBytes.ReadAsync(client, 4).ConfigureAwait(false)).ToString(),
            IPv6 => $"[{new IPAddress(await FramedBytes.ReadAsync(client, 16).ConfigureAwait(false))}]",
            Name => Encoding.ASCII.GetString(await FramedBytes.ReadAsync(client, (await FramedBytes.ReadAsync(client, 1).ConfigureAwait(false))[0]).ConfigureAwait(false)),
            _ => throw await RefusedAsync(client, NotSupportedAddress, "the address is of an unknown kind").ConfigureAwait(false),
        };
        int port = BinaryPrimitives.ReadUInt16BigEndian(await FramedBytes.ReadAsync(client, 2).ConfigureAwait(false));
        StreamTarget target = new(StreamTargetKind.Tcp, $"{host}:{port}");
        if (target.ToEndPoint() is null) throw await RefusedAsync(client, NotSupportedAddress, "the address is no host's").ConfigureAwait(false);
        return target;
    }

    private static async Task<IOException> RefusedAsync(PlainEnd client, byte code, string reason)
    {
        await ReplyAsync(client, code).ConfigureAwait(false);
        await client.CloseAsync().ConfigureAwait(false);
        return new IOException($"A SOCKS5 request was refused: {reason}.");
    }

    private static ValueTask ReplyAsync(PlainEnd client, byte code) => client.WriteAsync(new byte[] { Version, code, 0, IPv4, 0, 0, 0, 0, 0, 0 });
}
