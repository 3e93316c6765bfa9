using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Postern.Cli.Terminal;

namespace Postern.Cli.Daemons;

/// <summary>
/// Sockets that systemd bound and hands over: sd_listen_fds(3). One takes the place of the option of its name, such as <c>listen</c>; one alone, whatever
/// its name, that of <c>--listen</c>. They stay without the mark that closes them in programs which this process starts: with it, closing one would shut it down for systemd, too.
/// </summary>
internal sealed class HandedSockets
{
    public static readonly IReadOnlyList<string> Variables = ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "LISTEN_PIDFDID"];

    /// <summary>Where connections come in.</summary>
    public const string Main = "listen";

    private const int FirstDescriptor = 3;
    private const int MaxCount = 64;

    private readonly Dictionary<string, ListeningSocket> _sockets;

    private HandedSockets(Dictionary<string, ListeningSocket> sockets) => _sockets = sockets;

    public static HandedSockets None { get; } = new([]);

    public bool Any => _sockets.Count > 0;

    /// <summary>Takes what is there for this process.</summary>
    /// <exception cref="CommandException">It is nothing to listen on, or two have the same name.</exception>
    public static HandedSockets Take(CommandTerminal terminal)
    {
        if (Number(terminal, "LISTEN_PID") != Environment.ProcessId || Number(terminal, "LISTEN_FDS") is not (> 0 and <= MaxCount and int count)) return None;
        string[] names = terminal.GetVariable("LISTEN_FDNAMES")?.Split(':') ?? [];
        Dictionary<string, ListeningSocket> sockets = [];
        for (int i = 0; i < count; i++)
        {
            string given = names.ElementAtOrDefault(i) ?? string.Empty;
            string name = count == 1 ? Main : given;
            if (!sockets.TryAdd(name, Open(FirstDescriptor + i))) throw Unusable($"two of the sockets are called '{name}': FileDescriptorName= tells them apart");
        }

        return new HandedSockets(sockets);
    }

    /// <summary>The socket in the place of an option; null if there is none.</summary>
    public ListeningSocket? For(string name) => _sockets.Remove(name, out ListeningSocket? socket) ? socket : null;

    /// <summary>Whatever was handed over has its place.</summary>
    /// <exception cref="CommandException">Nothing listens on one of them.</exception>
    public void ExpectNoneLeft()
    {
        if (_sockets.Count > 0) throw Unusable($"no option here takes the place of '{_sockets.Keys.First()}': FileDescriptorName= is the option's name, such as {Main}");
    }

    private static int? Number(CommandTerminal terminal, string name) =>
        int.TryParse(terminal.GetVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null;

    private static ListeningSocket Open(int descriptor)
    {
        try
        {
            return new ListeningSocket(new Socket(new SafeSocketHandle(descriptor, ownsHandle: true)));
        }
        catch (Exception exception) when (exception is SocketException or ArgumentException)
        {
            throw Unusable($"descriptor {descriptor} is no socket that listens for connections (ListenStream=, Accept=no)");
        }
    }

    private static CommandException Unusable(string reason) => new(ExitCode.Usage, $"The sockets that the service manager hands over cannot be used: {reason}.");
}
