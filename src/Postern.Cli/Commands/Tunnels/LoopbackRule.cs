using System.CommandLine;
using System.Net;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>Plain connections are accepted from this machine alone, unless it was said otherwise.</summary>
internal static class LoopbackRule
{
    private const string UnsafeListen = "--unsafe-listen";

    /// <summary>The option that says otherwise.</summary>
    public static Option<bool> CreateOption(string description) => new(UnsafeListen) { Description = description };

    /// <summary>Lets no other machine use a tunnel without a key.</summary>
    /// <exception cref="CommandException">Other machines reach the address.</exception>
    public static void Require(EndPoint endPoint)
    {
        if (ReachedFromOutside(endPoint) is not { } address) return;
        throw new CommandException(
            ExitCode.Usage,
            $"{address} is not a loopback address: every machine that reaches it could use the tunnel without any key, and what it "
            + $"sends there is not encrypted. Listen on 127.0.0.1 or [::1], or add {UnsafeListen} if that is meant.");
    }

    // A socket that was handed over is bound where it is bound.
    private static IPAddress? ReachedFromOutside(EndPoint endPoint) =>
        (endPoint is ListeningSocket handed ? handed.LocalEndPoint : endPoint) is IPEndPoint { Address: { } address } && !IPAddress.IsLoopback(address) ? address : null;
}
