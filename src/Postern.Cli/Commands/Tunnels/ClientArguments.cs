using System.CommandLine;
using Microsoft.Extensions.Logging;
using Postern.Cli.Daemons;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qsmp;
using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Qstp.Revocation;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>What a client needs to know of its server, in each protocol.</summary>
internal sealed class ClientArguments
{
    private readonly ProtocolChoice _protocol;
    private readonly CertificateTrust _trust;
    private readonly ChannelArguments _channel;
    private readonly Option<string?> _certificate;
    private readonly Option<string?> _peerKey;
    private readonly Option<string?> _key;
    private readonly Option<string?> _passphraseFile = CommonOptions.PassphraseFile();

    private readonly bool _mayProve;

    /// <summary>The options of a command that dials.</summary>
    /// <param name="protocol">What it speaks.</param>
    /// <param name="mayProve">It may have a key of its own with every protocol.</param>
    public ClientArguments(ProtocolChoice protocol, bool mayProve = false)
    {
        _protocol = protocol;
        _mayProve = mayProve;
        _trust = new CertificateTrust(protocol);
        _channel = new ChannelArguments(protocol, isClient: true);
        _certificate = new Option<string?>("--cert")
        {
            Description = "The server's certificate.",
            HelpName = "FILE",
            Required = protocol.IsFixed(TunnelProtocol.Qstp),
        };
        _peerKey = new Option<string?>("--peer-key")
        {
            Description = "The public key of the peer that must be there.",
            HelpName = "FILE",
            Required = protocol.IsFixed(TunnelProtocol.Simplex) || protocol.IsFixed(TunnelProtocol.Duplex),
        };
        _key = new Option<string?>("--key")
        {
            Description = "Our private key, which the peer knows by its public half.",
            HelpName = "FILE",
            Required = protocol.IsFixed(TunnelProtocol.Duplex),
        };
    }

    public void AddTo(Command command)
    {
        _protocol.AddTo(command);
        _trust.AddTo(command);
        if (_protocol.May(TunnelProtocol.Qstp)) command.Add(_certificate);
        if (_protocol.May(TunnelProtocol.Simplex) || _protocol.May(TunnelProtocol.Duplex)) command.Add(_peerKey);
        if (_protocol.May(TunnelProtocol.Duplex))
        {
            command.Add(_key);
            command.Add(_passphraseFile);
        }

        command.Validators.Add(result =>
        {
            _protocol.Check(result, _certificate, (TunnelProtocol.Qstp, true));
            _protocol.Check(result, _peerKey, (TunnelProtocol.Simplex, true), (TunnelProtocol.Duplex, true));
            _protocol.Check(result, _key, (TunnelProtocol.Duplex, true));
            if (!_mayProve) _protocol.Check(result, _passphraseFile, (TunnelProtocol.Duplex, false));
        });
        _channel.AddTo(command);
    }

    /// <summary>Where the passphrase of our own key is.</summary>
    public string? PassphraseFile(ParseResult result) => result.GetValue(_passphraseFile);

    /// <summary>Loads keys and certificates, and checks them.</summary>
    public async Task<LoadedClient> LoadAsync(
        ParseResult result, CommandTerminal terminal, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        KeyFiles files = new(terminal);
        return _protocol.Of(result) switch
        {
            TunnelProtocol.Simplex => LoadSimplex(result, terminal, files, loggers),
            TunnelProtocol.Duplex => LoadDuplex(result, terminal, files, loggers),
            _ => await LoadQstpAsync(result, terminal, files, loggers, cancellationToken),
        };
    }

    private async Task<LoadedClient> LoadQstpAsync(
        ParseResult result, CommandTerminal terminal, KeyFiles files, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        VerificationPolicy policy = _trust.Policy(result, terminal, _channel.ClockOffset(result));
        LoadedRoots roots = _trust.LoadRoots(result, files);
        VerifiedServer server = files.LoadVerifiedServer(roots, result.GetValue(_certificate)!, policy);
        RootCertificate root = roots.Trusted.RootOf(server.Certificate);
        RevocationMonitor? revocation = await _trust.StartRevocationAsync(result, roots, root, policy, loggers, cancellationToken);
        if (revocation?.Current?.Find(server.Certificate.SerialNumber) is { } revoked)
        {
            await revocation.DisposeAsync();
            throw new CommandException(
                ExitCode.Failed, $"{result.GetValue(_certificate)} was revoked on {revoked.RevokedAt:u} ({revoked.ReasonName}): ask the server's operator for its new certificate.");
        }

        QstpClientOptions options = _channel.Apply(result, loggers, new QstpClientOptions
        {
            HandshakeTimeout = _channel.HandshakeTimeout(result),
            AllowClientRatchet = _channel.AllowClientRatchet(result),
            Revocation = revocation,
        });
        return new LoadedClient(endPoint => token => QstpClient.ConnectAsync(endPoint, server, options, token))
        {
            Revocation = revocation is null ? [] : [revocation],
            Expiry = _channel.StartExpiryWatch(result, terminal, loggers, Expiration.Of(root), Expiration.Of(server.Certificate)),
            IsUsable = () => Expiration.AreValid(Now(result, terminal), Expiration.Of(root), Expiration.Of(server.Certificate)) && revocation?.Current?.Find(server.Certificate.SerialNumber) is null,
        };
    }

    private LoadedClient LoadSimplex(ParseResult result, CommandTerminal terminal, KeyFiles files, ILoggerFactory loggers)
    {
        QsmpPublicKey server = files.LoadQsmpPeer(result.GetValue(_peerKey)!, QsmpMode.Simplex, Now(result, terminal));
        QsmpSimplexClientOptions options = _channel.Apply(result, loggers, new QsmpSimplexClientOptions
        {
            HandshakeTimeout = _channel.HandshakeTimeout(result),
            AllowClientRatchet = _channel.AllowClientRatchet(result),
        });
        return new LoadedClient(endPoint => token => QsmpSimplexClient.ConnectAsync(endPoint, server, options, token))
        {
            Expiry = _channel.StartExpiryWatch(result, terminal, loggers, Expiration.OfKey(server.KeyIdentity, server.Expiration)),
            IsUsable = () => Now(result, terminal) <= server.Expiration,
        };
    }

    private LoadedClient LoadDuplex(ParseResult result, CommandTerminal terminal, KeyFiles files, ILoggerFactory loggers)
    {
        QsmpPublicKey peer = files.LoadQsmpPeer(result.GetValue(_peerKey)!, QsmpMode.Duplex, Now(result, terminal));
        _channel.CheckRatchets(result, peer.Suite);
        QsmpPrivateKey own = files.LoadOwnQsmpKey(
            result.GetValue(_key)!, new PassphraseSource(terminal, result.GetValue(_passphraseFile)), Now(result, terminal));
        QsmpDuplexConnectOptions options = _channel.Apply(
            result, loggers, new QsmpDuplexConnectOptions { HandshakeTimeout = _channel.HandshakeTimeout(result) });
        return new LoadedClient(endPoint => token => QsmpDuplexPeer.ConnectAsync(endPoint, own, peer, options, token), own)
        {
            Expiry = _channel.StartExpiryWatch(
                result, terminal, loggers, Expiration.OfKey(own.KeyIdentity, own.Expiration), Expiration.OfKey(peer.KeyIdentity, peer.Expiration)),
            IsUsable = () => Now(result, terminal) <= own.Expiration && Now(result, terminal) <= peer.Expiration,
        };
    }

    private DateTimeOffset Now(ParseResult result, CommandTerminal terminal) => terminal.Clock.GetUtcNow() + _channel.ClockOffset(result);
}
