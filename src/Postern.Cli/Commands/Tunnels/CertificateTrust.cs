using System.CommandLine;
using Microsoft.Extensions.Logging;
using Postern.Cli.Commands.Certificates;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>Which certificates to trust: the same for both ends of a QSTP tunnel.</summary>
internal sealed class CertificateTrust(ProtocolChoice protocol)
{
    private readonly Option<string[]> _root = CommonOptions.TrustedRoot(protocol.IsFixed(TunnelProtocol.Qstp));

    private readonly Option<string?> _authorityKey = CommonOptions.AuthorityKey();

    private readonly Option<string[]> _deny = CommonOptions.Deny();

    private readonly Option<string?> _denyFile = CommonOptions.DenyFile();

    private readonly RevocationOptions _revocation = new();

    public void AddTo(Command command)
    {
        if (!protocol.May(TunnelProtocol.Qstp)) return;
        command.Add(_root);
        command.Add(_authorityKey);
        command.Add(_deny);
        command.Add(_denyFile);
        _revocation.AddTo(command, _root, isLive: true);
        command.Validators.Add(result =>
        {
            protocol.Check(result, _root, (TunnelProtocol.Qstp, true));
            protocol.Check(result, _authorityKey, (TunnelProtocol.Qstp, false));
            protocol.Check(result, _deny, (TunnelProtocol.Qstp, false));
            protocol.Check(result, _denyFile, (TunnelProtocol.Qstp, false));
            foreach (Option option in _revocation.All(isLive: true)) protocol.Check(result, option, (TunnelProtocol.Qstp, false));
        });
    }

    /// <summary>The roots that were named.</summary>
    public LoadedRoots LoadRoots(ParseResult result, KeyFiles files) => files.LoadRoots(result.GetValue(_root)!);

    /// <summary>Begins to watch the revocation list of one of the roots, if there is to be one.</summary>
    public Task<RevocationMonitor?> StartRevocationAsync(
        ParseResult result, LoadedRoots roots, RootCertificate root, VerificationPolicy policy, ILoggerFactory loggers, CancellationToken cancellationToken) =>
        _revocation.StartAsync(result, roots, root, policy, loggers, cancellationToken);

    public VerificationPolicy Policy(ParseResult result, CommandTerminal terminal, TimeSpan clockOffset) => new()
    {
        ClockOffset = clockOffset,
        AuthorityKey = result.GetValue(_authorityKey) is { } path ? AuthorityKeyFile.Load(terminal, path) : default(ReadOnlyMemory<byte>),
        DeniedSerials = DenyList.Load(terminal, result.GetValue(_deny) ?? [], result.GetValue(_denyFile)),
    };
}
