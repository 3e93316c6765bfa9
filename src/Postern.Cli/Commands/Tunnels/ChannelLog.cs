using Microsoft.Extensions.Logging;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>Events of what a command line asks of channels, ids 244 to 246.</summary>
internal static partial class ChannelLog
{
    [LoggerMessage(244, LogLevel.Error, "--cipher rcs-qmac: whoever is on the way can forge messages. Only for tests with peers that have nothing else")]
    public static partial void ForgeableCipher(ILogger logger);

    [LoggerMessage(245, LogLevel.Warning, "--cipher rcs-reduced-rounds: weaker than the cipher that all others use")]
    public static partial void WeakerCipher(ILogger logger);
}
