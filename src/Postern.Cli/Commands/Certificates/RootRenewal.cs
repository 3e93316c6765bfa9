using System.Globalization;
using Postern.Authority;
using Postern.Authority.Records;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary>
/// A certificate with new dates for the same key. The serial stays: the server's key file carries it, and servers compare it with the
/// serial that the client asks for. (QSTP §5.4, §6.1)
/// </summary>
internal sealed class RootRenewal(CommandTerminal terminal, Inventory inventory, RootCertificate root)
{
    public CertificateRecord Renew(string serial, TimeSpan? validity, Func<RootKey> loadKey)
    {
        CertificateRecord former = inventory.Find(serial);
        ServerCertificate certificate = former.Parse();
        ExpectUsable(serial);
        TimeSpan span = validity ?? SpanOf(certificate);
        Warn(inventory.FindRequest(serial), terminal.Clock.GetUtcNow() + span);
        using RootKey key = loadKey();
        return inventory.Renew(former, Sign(key, certificate, span), key);
    }

    private static TimeSpan SpanOf(ServerCertificate certificate)
    {
        double days = Math.Round((certificate.ValidTo - certificate.ValidFrom).TotalDays);
        return TimeSpan.FromDays(Math.Clamp(days, 1, ServerKey.MaxValidityDays));
    }

    // Before anyone is asked for a passphrase; the inventory looks again.
    private void ExpectUsable(string serial)
    {
        if (inventory.FindRevocation(serial) is { } revocation)
        {
            throw new CommandException(ExitCode.Failed, $"{serial} was revoked on {revocation.RevokedAt:u}: the server needs a new key.");
        }

        DateTimeOffset end = inventory.FindRequest(serial).ValidTo;
        if (end < terminal.Clock.GetUtcNow())
        {
            throw new CommandException(ExitCode.Failed, $"The server's key file ended on {end:u}, so it would not start: it needs a new key, by 'postern cert request'.");
        }
    }

    private void Warn(RequestRecord request, DateTimeOffset end)
    {
        if (end - root.ValidTo > TimeSpan.FromSeconds(1)) terminal.WriteWarning($"the root is valid to {Date(root.ValidTo)} only, so the certificate is cut to that.");
        if (end - request.ValidTo > TimeSpan.FromSeconds(1))
        {
            terminal.WriteWarning($"the server's key file ends on {Date(request.ValidTo)}, and no renewal prolongs it: the server needs a new key by then.");
        }
    }

    private ServerCertificate Sign(RootKey key, ServerCertificate former, TimeSpan validity)
    {
        try
        {
            ServerCertificate certificate = key.SignCertificate(former, validity, terminal.Clock);
            // A fault while signing must not leave this machine.
            root.Verify(certificate, RootFiles.Policy with { Clock = terminal.Clock });
            return certificate;
        }
        catch (ArgumentException exception)
        {
            throw new CommandException(ExitCode.Failed, PosternCommand.MessageOf(exception));
        }
    }

    private static string Date(DateTimeOffset date) => date.ToString("u", CultureInfo.InvariantCulture);
}
