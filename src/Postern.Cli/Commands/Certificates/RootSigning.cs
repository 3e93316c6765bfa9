using System.Globalization;
using Postern.Authority;
using Postern.Authority.Enrolment;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary>What the reference leaves out when a root signs: the request, the root and the key are checked first. (QSTP §13.24)</summary>
internal sealed class RootSigning(CommandTerminal terminal, KeyFiles files, RootFiles rootFiles)
{
    /// <summary>Signs, and records it if there is an inventory: then the certificate is the one that the inventory has.</summary>
    public ServerCertificate Sign(
        RootCertificate root, Inventory? inventory, string requestPath, TimeSpan? validity, PassphraseSource passphrases, bool isConfirmed)
    {
        object content = files.Load(requestPath);
        SignedRequest? signed = content as SignedRequest;
        if (signed?.IsProven() == false) throw new CommandException(ExitCode.Failed, $"{requestPath}: the request is not signed by its own key.");
        ServerCertificate request = signed?.Request ?? KeyFiles.ExpectCertificate(requestPath, content);
        foreach (string line in FileReport.Of(request, requestPath, terminal.Clock).Lines()) terminal.WriteHint(line);
        CheckRequest(root, request, requestPath, isProven: signed is not null);
        if (inventory?.IsIssued(request.SerialNumber) == true) throw AlreadyIssued(request.SerialNumber);
        if (!isConfirmed && !terminal.IsInteractive)
        {
            throw new CommandException(ExitCode.Usage, "There is no terminal to ask at: check the request, then say --yes.");
        }

        using RootKey key = rootFiles.LoadKey(root, passphrases);
        WarnIfClipped(root, request, validity);
        if (!isConfirmed && !terminal.Confirm("Sign it?")) throw new CommandException(ExitCode.Failed, "Not signed.");
        ServerCertificate certificate = Sign(root, key, request, requestPath, validity);
        return inventory is null ? certificate : inventory.Issue(request, certificate, key).Parse();
    }

    private static CommandException AlreadyIssued(string serial) => new(
        ExitCode.Failed,
        $"A certificate with the serial {serial} was issued already: 'postern root export {serial}' writes it again, 'postern root renew' gives it new dates.");

    private void CheckRequest(RootCertificate root, ServerCertificate request, string path, bool isProven)
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
        if (request.Issuer == EnrolmentDesk.ReservedName) terminal.WriteWarning($"'{EnrolmentDesk.ReservedName}' is the name by which clients know the root's service.");
        if (!isProven) terminal.WriteWarning("a request does not prove that its sender holds the key: compare serial and hash with the sender's.");
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
            // A fault while signing must not leave this machine. The request's dates may lie ahead.
            root.Verify(certificate, RootFiles.Policy with { Clock = terminal.Clock, AllowNotYetValid = true });
            return certificate;
        }
        catch (ArgumentException exception)
        {
            throw new CommandException(ExitCode.File, $"{path}: {PosternCommand.MessageOf(exception)}");
        }
    }
}
