using Postern.Authority.Enrolment;
using Postern.Authority.Records;
using Postern.Cryptography;
using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.Authority.Service;

/// <summary>The service's own files in a folder: key and certificate, which its root issued to it, and the admin token of the first start.</summary>
internal sealed class ServiceFiles(string folder)
{
    public const string KeyName = "rds_secret_key.qsk";
    public const string CertificateName = "rds_public_cert.qrc";
    public const string AdminTokenName = "rds_admin_token";

    private static readonly TimeSpan AdminTokenLifetime = TimeSpan.FromDays(3650);

    /// <summary>Where clients get the certificate to pin.</summary>
    public string CertificatePath => Path.Combine(folder, CertificateName);

    /// <summary>Where the admin token is, once.</summary>
    public string AdminTokenPath => Path.Combine(folder, AdminTokenName);

    private string KeyPath => Path.Combine(folder, KeyName);

    /// <summary>The inventory has a revocation of it.</summary>
    public static Task<bool> IsRevokedAsync(Authority authority, ServerCertificate certificate) =>
        authority.ReadAsync(inventory => inventory.FindRevocation(certificate.SerialNumber) is not null);

    /// <summary>Not yet two thirds of its time are over.</summary>
    public static bool IsFresh(ServerCertificate certificate, DateTimeOffset now) =>
        now < certificate.ValidTo - ((certificate.ValidTo - certificate.ValidFrom) / 3);

    /// <summary>The newest identity first; a new one is issued if there is none, it was revoked, or two thirds of its time are over.</summary>
    public async Task<IReadOnlyList<ServerIdentity>> PrepareIdentitiesAsync(Authority authority)
    {
        VerificationPolicy policy = new() { Clock = authority.Clock, AllowExternallySignedRoot = true };
        ServerIdentity? former = File.Exists(CertificatePath) ? Load(authority.Root, policy) : null;
        if (former is not null && await IsRevokedAsync(authority, former.Certificate).ConfigureAwait(false))
        {
            former.Dispose();
            former = null;
        }

        if (former is not null && IsFresh(former.Certificate, authority.Now)) return [former];
        ServerIdentity issued = await IssueAsync(authority, policy).ConfigureAwait(false);
        return former is null ? [issued] : [issued, former];
    }

    /// <summary>Makes the first admin token and writes it to its file; later starts leave it alone.</summary>
    /// <returns>True if it was made.</returns>
    public async Task<bool> PrepareAdminTokenAsync(Authority authority)
    {
        if (await authority.ReadRowsAsync(rows => rows.ReadTokens().Any(token => token.Kind == TokenKind.Admin)).ConfigureAwait(false)) return false;
        (EnrolmentToken token, _) = await authority.ChangeAsync(
            actor: null, desk => desk.CreateToken(TokenKind.Admin, "*", AdminTokenLifetime)).ConfigureAwait(false);
        AtomicFile.WriteSecret(AdminTokenPath, System.Text.Encoding.ASCII.GetBytes($"{token.Text}\n"), overwrite: true);
        return true;
    }

    private ServerIdentity? Load(RootCertificate root, VerificationPolicy policy)
    {
        byte[] data = File.ReadAllBytes(KeyPath);
        try
        {
            return ServerIdentity.Create(root, ServerCertificate.Parse(File.ReadAllBytes(CertificatePath)), ServerKey.Parse(data), policy);
        }
        catch (ChannelException)
        {
            // It has ended, or its root has: another is issued.
            return null;
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(data);
        }
    }

    private async Task<ServerIdentity> IssueAsync(Authority authority, VerificationPolicy policy)
    {
        ServerKey key = ServerKey.Generate(
            authority.Root.Suite, EnrolmentDesk.ReservedName, TimeSpan.FromDays(ServerKey.MaxValidityDays), authority.Clock);
        CertificateRecord record = await authority.ChangeAsync(actor: null, desk => desk.IssueOwn(key.CreateRequest())).ConfigureAwait(false);
        using (SecretBytes file = key.ToSecretBytes())
        {
            AtomicFile.WritePair(KeyPath, file.Span, CertificatePath, record.Certificate.Span, overwrite: true);
        }

        return ServerIdentity.Create(authority.Root, record.Parse(), key, policy);
    }
}
