using System.Globalization;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary>What the reference leaves out when a root signs: the request, the root and the key are checked first. (QSTP §13.24)</summary>
internal sealed class RootSigning(CommandTerminal terminal, KeyFiles files, string rootPath, string keyPath)
{
    // The root's outside signature is its clients' matter, and the request's dates may lie ahead.
    private static readonly VerificationPolicy OwnRoot = VerificationPolicy.Default with { AllowExternallySignedRoot = true };

    public ServerCertificate Sign(string requestPath, TimeSpan? validity, PassphraseSource passphrases, bool isConfirmed)
    {
        RootCertificate root = LoadRoot();
        ServerCertificate request = files.LoadCertificate(requestPath);
        foreach (string line in FileReport.Of(request, requestPath, terminal.Clock).Lines()) terminal.WriteHint(line);
        CheckRequest(root, request, requestPath);
        if (!isConfirmed && !terminal.IsInteractive)
        {
            throw new CommandException(ExitCode.Usage, "There is no terminal to ask at: check the request, then say --yes.");
        }

        using RootKey key = files.LoadRootKey(keyPath, passphrases);
        if (!key.BelongsTo(root))
        {
            throw new CommandException(
                ExitCode.File, $"{keyPath} (serial {key.SerialNumber}) is not the key of {rootPath} (serial {root.SerialNumber}).");
        }

        WarnIfClipped(root, request, validity);
        if (!isConfirmed && !terminal.Confirm("Sign it?")) throw new CommandException(ExitCode.Failed, "Not signed.");
        return Sign(root, key, request, requestPath, validity);
    }

    private RootCertificate LoadRoot()
    {
        RootCertificate root = files.LoadRoot(rootPath);
        try
        {
            root.VerifySelf(OwnRoot with { Clock = terminal.Clock });
            return root;
        }
        catch (ChannelException exception)
        {
            throw new CommandException(ExitCode.Failed, $"{rootPath}: {exception.Message}");
        }
    }

    private void CheckRequest(RootCertificate root, ServerCertificate request, string path)
    {
        if (request.Suite != root.Suite)
        {
            throw new CommandException(
                ExitCode.File, $"{path} is for {request.Suite}, the root for {root.Suite}: make the request with --suite {root.Suite.Id}.");
        }

        if (request.Version != Certificate.CurrentVersion)
        {
            throw new CommandException(ExitCode.File, $"{path} has version {request.Version}; only {Certificate.CurrentVersion} is known.");
        }

        if (request.IsSigned) terminal.WriteWarning("it is signed already; the new signature replaces that one.");
        terminal.WriteWarning("a request does not prove that its sender holds the key: compare serial and hash with the sender's.");
    }

    private void WarnIfClipped(RootCertificate root, ServerCertificate request, TimeSpan? validity)
    {
        DateTimeOffset end = validity is { } span ? terminal.Clock.GetUtcNow() + span : request.ValidTo;
        if (end - root.ValidTo <= TimeSpan.FromSeconds(1)) return;
        string date = root.ValidTo.ToString("u", CultureInfo.InvariantCulture);
        terminal.WriteWarning($"the root is valid to {date} only, so the certificate is cut to that. The server's key file keeps its own date: renew in time.");
    }

    private ServerCertificate Sign(RootCertificate root, RootKey key, ServerCertificate request, string path, TimeSpan? validity)
    {
        try
        {
            ServerCertificate certificate = key.SignCertificate(request, validity, terminal.Clock);
            // A fault while signing must not leave this machine.
            root.Verify(certificate, OwnRoot with { Clock = terminal.Clock, AllowNotYetValid = true });
            return certificate;
        }
        catch (ArgumentException exception)
        {
            throw new CommandException(ExitCode.File, $"{path}: {PosternCommand.MessageOf(exception)}");
        }
    }
}
