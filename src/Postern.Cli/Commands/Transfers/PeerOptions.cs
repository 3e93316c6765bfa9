using System.CommandLine;
using Postern.Cli.Commands.Tunnels;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qsmp;

namespace Postern.Cli.Commands.Transfers;

/// <summary>Who this peer is, and by which clock: the same for both ends of a transfer.</summary>
internal sealed class PeerOptions
{
    /// <summary>Both ends of a transfer are Postern, and have this: a peer that vanished is noticed after three, so that it can come back.</summary>
    public static readonly TimeSpan KeepAliveInterval = TimeSpan.FromSeconds(10);

    private readonly Option<string> _key = new("--key") { Description = "Your private key.", HelpName = "FILE", Required = true };

    private readonly Option<string?> _passphraseFile = CommonOptions.PassphraseFile();

    private readonly Option<double> _clockOffset = SecondsOption.CreateOffset("--clock-offset", "Added to this machine's clock.");

    private readonly Option<double> _handshakeTimeout = SecondsOption.Create("--handshake-timeout", "Longest time for a handshake.", 10);

    public void AddTo(Command command)
    {
        command.Add(_key);
        command.Add(_passphraseFile);
        command.Add(_clockOffset);
        command.Add(_handshakeTimeout);
    }

    public QsmpPrivateKey LoadKey(ParseResult result, CommandTerminal terminal) => new KeyFiles(terminal).LoadQsmpPrivateKey(
        result.GetRequiredValue(_key), new PassphraseSource(terminal, result.GetValue(_passphraseFile)));

    public TimeSpan ClockOffset(ParseResult result) => TimeSpan.FromSeconds(result.GetValue(_clockOffset));

    public TimeSpan HandshakeTimeout(ParseResult result) => TimeSpan.FromSeconds(result.GetValue(_handshakeTimeout));
}
