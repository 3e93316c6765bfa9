using System.Text;
using Postern.Packets;
using Postern.Qsmp;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Files;

/// <summary>The printed form of a certificate or a public key.</summary>
internal static class PrintedForm
{
    public static string Of(object content, string path, TimeZoneInfo? zone) => content switch
    {
        RootCertificate root => CertificateText.Format(Checked(root, path, root.Authority?.Name), zone),
        ServerCertificate server => CertificateText.Format(Checked(server, path), zone),
        // Without the zero byte, which is for the reference's reader and not for a terminal.
        QsmpPublicKey key => Encoding.ASCII.GetString(key.ToBytes()).TrimEnd('\0'),
        _ => throw new CommandException(ExitCode.File, $"{path} is {FileContent.NameOf(content)}: only certificates and public keys have a printed form."),
    };

    // A line break in a name would add lines to the form that the certificate does not have; a change of direction would turn one round.
    private static T Checked<T>(T certificate, string path, string? authority = null)
        where T : Certificate
    {
        if (ForeignText.IsPrintable(certificate.Issuer) && ForeignText.IsPrintable(authority ?? string.Empty)) return certificate;
        throw new CommandException(ExitCode.File, $"{path} has control characters in a name: it cannot be printed.");
    }
}
