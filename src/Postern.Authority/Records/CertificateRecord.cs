using Postern.Qstp.Certificates;

namespace Postern.Authority.Records;

/// <summary>A certificate that a root signed. Renewals share the serial and count the generation.</summary>
internal sealed record CertificateRecord
{
    /// <summary>The serial, 32 upper-case hexadecimal digits.</summary>
    public required string Serial { get; init; }

    /// <summary>1 for the first certificate of a serial; each renewal adds one.</summary>
    public required int Generation { get; init; }

    /// <summary>The signing root's serial.</summary>
    public required string RootSerial { get; init; }

    /// <summary>The server's name.</summary>
    public required string Name { get; init; }

    /// <summary>The configuration set's number.</summary>
    public required int SuiteId { get; init; }

    public required DateTimeOffset ValidFrom { get; init; }

    public required DateTimeOffset ValidTo { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The account that ran the command.</summary>
    public required string IssuedBy { get; init; }

    /// <summary>The generation that replaced it, or null for the newest.</summary>
    public int? ReplacedBy { get; init; }

    /// <summary>Number of the audit entry that recorded it.</summary>
    public required long Entry { get; init; }

    /// <summary>The file's bytes.</summary>
    public required ReadOnlyMemory<byte> Certificate { get; init; }

    public static CertificateRecord Of(ServerCertificate certificate, int generation, DateTimeOffset time, string actor, long entry) => new()
    {
        Serial = certificate.SerialNumber,
        Generation = generation,
        RootSerial = certificate.RootSerialNumber,
        Name = certificate.Issuer,
        SuiteId = certificate.Suite.Id,
        ValidFrom = certificate.ValidFrom,
        ValidTo = certificate.ValidTo,
        IssuedAt = time,
        IssuedBy = actor,
        Entry = entry,
        Certificate = certificate.ToBytes(),
    };

    /// <summary>The certificate.</summary>
    /// <exception cref="FormatException">The bytes are no server certificate.</exception>
    public ServerCertificate Parse() => ServerCertificate.Parse(Certificate.Span);
}
