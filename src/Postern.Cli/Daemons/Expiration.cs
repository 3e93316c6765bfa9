using Postern.Qstp.Certificates;

namespace Postern.Cli.Daemons;

/// <summary>Something that a process uses and that ends.</summary>
/// <param name="What">What it is, for people: "the certificate", with its name and serial.</param>
/// <param name="End">The end of its validity.</param>
internal sealed record Expiration(string What, DateTimeOffset End)
{
    /// <summary>What it is, for programs: root, certificate or key.</summary>
    public string Kind { get; init; } = "key";

    /// <summary>Its serial, or the identity of a key of QSMP.</summary>
    public string Serial { get; init; } = string.Empty;

    public static Expiration Of(RootCertificate root) => new($"the root '{root.Issuer}' ({root.SerialNumber})", root.ValidTo) { Kind = "root", Serial = root.SerialNumber };

    public static Expiration Of(ServerCertificate certificate) => new($"the certificate '{certificate.Issuer}' ({certificate.SerialNumber})", certificate.ValidTo) { Kind = "certificate", Serial = certificate.SerialNumber };

    public static Expiration Of(ServerIdentity identity) => new($"the key '{identity.Certificate.Issuer}' ({identity.Certificate.SerialNumber})", identity.KeyValidTo) { Serial = identity.Certificate.SerialNumber };

    /// <summary>A server's certificate and its key.</summary>
    public static IReadOnlyList<Expiration> OfAll(ServerIdentity identity) => [Of(identity.Certificate), Of(identity)];

    /// <summary>A key of QSMP.</summary>
    public static Expiration OfKey(string identity, DateTimeOffset end) => new($"the key {identity}", end) { Serial = identity };

    /// <summary>None of them has ended.</summary>
    public static bool AreValid(DateTimeOffset now, params IEnumerable<Expiration> expirations) => expirations.All(expiration => now <= expiration.End);
}
