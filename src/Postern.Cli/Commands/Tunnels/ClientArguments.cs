using System.CommandLine;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>What a client needs to know of its server.</summary>
internal sealed class ClientArguments
{
    private readonly Option<string> _certificate = new("--cert") { Description = "The server's certificate.", HelpName = "FILE", Required = true };

    private readonly TrustOptions _trust = new();

    public void AddTo(Command command)
    {
        _trust.AddTo(command);
        command.Add(_certificate);
    }

    public VerifiedServer Load(ParseResult result, CommandTerminal terminal) => new KeyFiles(terminal).LoadVerifiedServer(
        _trust.Root(result), result.GetRequiredValue(_certificate), _trust.Policy(result, terminal));

    public QstpClientOptions Create(ParseResult result) => new()
    {
        HandshakeTimeout = _trust.HandshakeTimeout(result),
        ClockOffset = _trust.ClockOffset(result),
        PacketTolerance = TrustOptions.PacketTolerance,
    };
}
