using System.Globalization;
using Postern.Authority.Enrolment;
using Postern.Authority.Pkcs11;
using Postern.Cli.Files;
using Postern.Qsmp;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Doctor;

/// <summary>What one file says of itself: who may read and write it, and until when it is good.</summary>
internal sealed class FileExamination(DateTimeOffset now, TimeSpan warnBefore)
{
    private const UnixFileMode OthersMode =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    public IEnumerable<Finding> Run(ExaminedFile file)
    {
        if (ModeOf(file) is { } mode) yield return mode;
        if (file.Content is SealedKey)
        {
            yield return Finding.Ok(file.Path, "a key under a passphrase, which was not given: not opened");
            yield break;
        }

        if (file.Content is TokenContainer container)
        {
            yield return Finding.Ok(file.Path, $"a key under the key '{container.Name.KeyLabel}' of the token '{container.Name.TokenLabel}': not opened");
            yield break;
        }

        if (file.Content is EnrolmentToken token)
        {
            yield return Finding.Ok(file.Path, $"the token {token.Id}; the service knows whether it is still good");
            yield break;
        }

        if (file.Content is null || Validity(file.Content) is not { } validity) yield break;
        yield return Dates(file.Path, file.Content, validity.From, validity.To);
    }

    private Finding Dates(string path, object content, DateTimeOffset from, DateTimeOffset to)
    {
        string name = FileContent.NameOf(content);
        string end = to.ToString("u", CultureInfo.InvariantCulture);
        if (now < from) return Finding.Fail(path, $"{name}, valid from {from:u} on only", "Look at this machine's clock, or wait.");
        if (now - to >= TimeSpan.FromSeconds(1)) return Finding.Fail(path, $"{name}, which ended on {end}", Replacement(content));
        return to - now <= warnBefore
            ? Finding.Warn(path, $"{name}, which ends on {end}", Replacement(content))
            : Finding.Ok(path, $"{name}, good until {end}");
    }

    private static string Replacement(object content) => content switch
    {
        RootCertificate or RootKey => "Go over to a new root in time: 'postern root roll'.",
        ServerCertificate { IsSigned: true } or ServerKey => "Where the root is a service, 'postern cert renew', or 'postern cert enroll' once it has ended; else 'postern cert request' and have it signed.",
        ServerCertificate => "Make another with 'postern cert request'.",
        _ => "Make another with 'postern key generate', and give its public half to the peers.",
    };

    private static (DateTimeOffset From, DateTimeOffset To)? Validity(object content) => content switch
    {
        Certificate certificate => (certificate.ValidFrom, certificate.ValidTo),
        SigningKeyFile key => (key.ValidFrom, key.ValidTo),
        QsmpPublicKey key => (DateTimeOffset.MinValue, key.Expiration),
        QsmpPrivateKey key => (DateTimeOffset.MinValue, key.Expiration),
        _ => null,
    };

    private static Finding? ModeOf(ExaminedFile file)
    {
        if (OperatingSystem.IsWindows() || file.IsOnServer) return null;
        UnixFileMode mode = File.GetUnixFileMode(file.Path);
        if (file.IsSecret)
        {
            return (mode & OthersMode) == UnixFileMode.None
                ? null
                : Finding.Fail(file.Path, "others than its owner can use it", $"Run 'chmod 600 {file.Path}'. If others had it, make a new key.");
        }

        return (mode & OthersWrite) == UnixFileMode.None
            ? null
            : Finding.Warn(file.Path, "others than its owner can change it", $"Run 'chmod 644 {file.Path}': whoever changes it decides who is trusted.");
    }
}
