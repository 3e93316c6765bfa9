using System.CommandLine;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>Whom to trust, by which clock: the same for both ends of a tunnel.</summary>
internal sealed class TrustOptions
{
    /// <summary>
    /// How long a reader may stand still before what waits for it is too old: the tag and the sequence guard the packets, and a pager
    /// or a paused download is no attack. (QSTP §8.3, §13.18)
    /// </summary>
    public static readonly TimeSpan PacketTolerance = TimeSpan.FromDays(1);

    private readonly Option<string> _root = new("--root") { Description = "The root certificate.", HelpName = "FILE", Required = true };

    private readonly Option<string[]> _deny = CommonOptions.Deny();

    private readonly Option<string?> _denyFile = CommonOptions.DenyFile();

    private readonly Option<double> _clockOffset = SecondsOption.CreateOffset(
        "--clock-offset",
        "Added to the clock: reference hosts run ahead by their time zone's distance west of Greenwich (New York: 18000).");

    private readonly Option<double> _handshakeTimeout = SecondsOption.Create("--handshake-timeout", "Longest time for a handshake.", 10);

    public void AddTo(Command command)
    {
        command.Add(_root);
        command.Add(_deny);
        command.Add(_denyFile);
        command.Add(_clockOffset);
        command.Add(_handshakeTimeout);
    }

    public string Root(ParseResult result) => result.GetRequiredValue(_root);

    public TimeSpan ClockOffset(ParseResult result) => TimeSpan.FromSeconds(result.GetValue(_clockOffset));

    public TimeSpan HandshakeTimeout(ParseResult result) => TimeSpan.FromSeconds(result.GetValue(_handshakeTimeout));

    public VerificationPolicy Policy(ParseResult result, CommandTerminal terminal) => new()
    {
        ClockOffset = ClockOffset(result),
        DeniedSerials = DenyList.Load(terminal, result.GetValue(_deny) ?? [], result.GetValue(_denyFile)),
    };
}
