using System.Globalization;
using Postern.Authority.Enrolment;
using Postern.Authority.Pkcs11;
using Postern.Cli.Terminal;
using Postern.Qsmp;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Files;

/// <summary>What a person or a program wants to know of a certificate or key file. Its properties are the JSON form.</summary>
internal sealed record FileReport
{
    private const int LabelWidth = 13;

    public required string Kind { get; init; }

    public string? Path { get; init; }

    /// <summary>Public keys of QSMP.</summary>
    public QsmpMode? Mode { get; init; }

    public string? Name { get; init; }

    public string? Serial { get; init; }

    /// <summary>Server certificates that are signed; of a transition the root that signed it, while name, serial and dates are the new root's.</summary>
    public string? RootSerial { get; init; }

    /// <summary>Keys of QSMP.</summary>
    public string? KeyIdentity { get; init; }

    /// <summary>Certificates and keys of QSTP: QSMP does not number its sets.</summary>
    public int? SuiteId { get; init; }

    public string? Suite { get; init; }

    public DateTimeOffset? ValidFrom { get; init; }

    public DateTimeOffset? ValidTo { get; init; }

    /// <summary>valid, expired or not yet valid; of a revocation list current or stale; by the clock here.</summary>
    public string? Validity { get; init; }

    public int? Version { get; init; }

    /// <summary>SHA3-256 of the fields: what the signature is over.</summary>
    public string? Hash { get; init; }

    /// <summary>SHA3-256 of a root certificate's file, or of the fields of a QSMP key.</summary>
    public string? Fingerprint { get; init; }

    public AuthorityReport? Authority { get; init; }

    /// <summary>A root's own signature verifies; null where another key is needed to tell.</summary>
    public bool? IsSignatureValid { get; init; }

    public string? Signature { get; init; }

    /// <summary>Revocation lists: the list's number.</summary>
    public long? Number { get; init; }

    /// <summary>Revocation lists and transitions.</summary>
    public DateTimeOffset? IssuedAt { get; init; }

    /// <summary>Revocation lists: past it the list is stale.</summary>
    public DateTimeOffset? NextUpdate { get; init; }

    /// <summary>Revocation lists: what is revoked.</summary>
    public IReadOnlyList<RevocationLine>? Entries { get; init; }

    /// <summary>Keys under a token's key: the token's label.</summary>
    public string? Token { get; init; }

    /// <summary>Keys under a token's key: the token's serial number.</summary>
    public string? TokenSerial { get; init; }

    /// <summary>Keys under a token's key: that key's label.</summary>
    public string? TokenKey { get; init; }

    public static FileReport Of(object content, string? path, TimeProvider clock)
    {
        FileReport report = new() { Kind = FileContent.NameOf(content).Split(' ', 2)[1], Path = path };
        DateTimeOffset now = clock.GetUtcNow();
        return content switch
        {
            RootCertificate root => report.WithRoot(root).WithFields(root, now),
            ServerCertificate server => (report with
            {
                RootSerial = server.IsSigned ? server.RootSerialNumber : null,
                Signature = server.IsSigned ? "by a root; check it with 'postern cert verify'" : "none yet",
            }).WithFields(server, now),
            SigningKeyFile key => report with
            {
                Name = key.Issuer,
                Serial = key.SerialNumber,
                SuiteId = key.Suite.Id,
                Suite = key.Suite.Name,
                ValidFrom = key.ValidFrom,
                ValidTo = key.ValidTo,
                Validity = ValidityAt(now, key.ValidFrom, key.ValidTo),
            },
            SignedRequest signed => (report with
            {
                IsSignatureValid = signed.IsProven(),
                Signature = signed.IsProven() ? $"by its own key on {signed.Time:u}, verifies" : "DOES NOT VERIFY: it is not by its own key",
            }).WithFields(signed.Request, now),
            RevocationList list => report.WithList(list, now),
            RootTransition transition => report.WithRoot(transition.UnverifiedSuccessor).WithFields(transition.UnverifiedSuccessor, now) with
            {
                RootSerial = transition.RootSerialNumber,
                IssuedAt = transition.IssuedAt,
                IsSignatureValid = null,
                Signature = "by the root before; 'postern root accept' checks it",
            },
            QsmpPublicKey key => (report with { Mode = key.Mode }).WithKey(key.KeyIdentity, key.Suite, key.Expiration, key.Fingerprint, now),
            QsmpPrivateKey key => report.WithKey(key.KeyIdentity, key.Suite, key.Expiration, key.Fingerprint, now),
            TokenContainer container => report with
            {
                Token = container.Name.TokenLabel,
                TokenSerial = container.Name.TokenSerial,
                TokenKey = container.Name.KeyLabel,
            },
            _ => report,
        };
    }

    /// <summary>The same, once the signature was looked at.</summary>
    public FileReport VerifiedUnder(RootCertificate root, RevocationList list)
    {
        try
        {
            VerificationPolicy policy = new() { AllowNotYetValid = true, AllowExpiredRoot = true, AllowExternallySignedRoot = true };
            root.Verify(list, policy);
            return this with { IsSignatureValid = true, Signature = $"by the root '{root.Issuer}', verifies" };
        }
        catch (ChannelException exception)
        {
            return this with { IsSignatureValid = false, Signature = $"DOES NOT VERIFY: {exception.Message}" };
        }
    }

    /// <summary>The fields as lines for people; dates in UTC.</summary>
    public IEnumerable<string> Lines()
    {
        yield return Path is null or FileBytes.StandardInput ? Kind : $"{Path}: {Kind}";
        (string Label, string? Value)[] fields =
        [
            ("name", Name),
            ("serial", Serial),
            ("root serial", RootSerial),
            ("identity", KeyIdentity),
            ("set", SuiteId is null ? Suite : $"{SuiteId} {Suite}"),
            ("version", Version is null or Certificate.CurrentVersion ? null : $"{Version}, which is not known"),
            ("valid from", Date(ValidFrom)),
            ("valid to", ValidTo is null ? null : $"{Date(ValidTo)} ({Validity})"),
            ("hash", Hash),
            ("fingerprint", Fingerprint),
            ("authority", Authority is null ? null : $"{Authority.Name}, key {Authority.KeyId}, {Authority.Scheme}"),
            ("number", Number?.ToString(CultureInfo.InvariantCulture)),
            ("issued", Date(IssuedAt)),
            ("next update", NextUpdate is null ? null : $"{Date(NextUpdate)}{(Validity == "stale" ? " (STALE)" : string.Empty)}"),
            ("signature", Signature),
            ("token", Token),
            ("token serial", TokenSerial),
            ("token key", TokenKey),
            ("revoked", Entries?.Count.ToString(CultureInfo.InvariantCulture)),
        ];
        foreach ((string label, string? value) in fields)
        {
            if (value is not null) yield return $"  {label.PadRight(LabelWidth)}{value}";
        }

        foreach (RevocationLine entry in Entries ?? []) yield return $"    {entry.Line}";
    }

    private static string? Date(DateTimeOffset? date) => date?.ToString("u", CultureInfo.InvariantCulture);

    private static string ValidityAt(DateTimeOffset now, DateTimeOffset from, DateTimeOffset to)
    {
        if (now < from) return "not yet valid";
        return now - to >= TimeSpan.FromSeconds(1) ? "expired" : "valid";
    }

    private FileReport WithFields(Certificate certificate, DateTimeOffset now) => this with
    {
        Name = certificate.Issuer,
        Serial = certificate.SerialNumber,
        SuiteId = certificate.Suite.Id,
        Suite = certificate.Suite.Name,
        ValidFrom = certificate.ValidFrom,
        ValidTo = certificate.ValidTo,
        Validity = ValidityAt(now, certificate.ValidFrom, certificate.ValidTo),
        Version = certificate.Version,
        Hash = Convert.ToHexString(certificate.Hash.Span),
    };

    private FileReport WithKey(string identity, Suite suite, DateTimeOffset expiration, string fingerprint, DateTimeOffset now) => this with
    {
        KeyIdentity = identity,
        Suite = suite.Name,
        ValidTo = expiration,
        Validity = ValidityAt(now, DateTimeOffset.MinValue, expiration),
        Fingerprint = fingerprint,
    };

    private FileReport WithList(RevocationList list, DateTimeOffset now) => this with
    {
        RootSerial = list.RootSerialNumber,
        SuiteId = list.Suite.Id,
        Suite = list.Suite.Name,
        Number = list.Number,
        IssuedAt = list.IssuedAt,
        NextUpdate = list.NextUpdate,
        Validity = now > list.NextUpdate ? "stale" : "current",
        Signature = "by a root; check it with --root",
        Entries = [.. list.ReadUnverifiedEntries().Select(RevocationLine.Of)],
    };

    private FileReport WithRoot(RootCertificate root)
    {
        FileReport report = this with { Fingerprint = root.Fingerprint };
        if (root.Authority is { } authority)
        {
            return report with
            {
                Authority = new AuthorityReport(authority.Name, authority.KeyId, authority.SchemeName ?? $"scheme {authority.SchemeId}"),
                Signature = root.IsSigned ? "by an outside authority; check it with 'postern cert verify --authority-key'" : "none yet",
            };
        }

        try
        {
            root.VerifySelf(VerificationPolicy.Default with { AllowNotYetValid = true, AllowExpiredRoot = true });
            return report with { IsSignatureValid = true, Signature = "by itself, verifies" };
        }
        catch (ChannelException exception)
        {
            return report with { IsSignatureValid = false, Signature = $"DOES NOT VERIFY: {exception.Message}" };
        }
    }
}
