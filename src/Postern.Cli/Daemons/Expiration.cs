using Postern.Qstp.Certificates;

namespace Postern.Cli.Daemons;

/// <summary>Something that a process uses and that ends.</summary>
/// <param name="What">What it is, for people: "the certificate", with its name and serial.</param>
/// <param name="End">The end of its validity.</param>
internal sealed record Expiration(string What, DateTimeOffset End)
{
    public static Expiration Of(RootCertificate root) => new($"the root '{root.Issuer}' ({root.SerialNumber})", root.ValidTo);

    public static Expiration Of(ServerCertificate certificate) => new($"the certificate '{certificate.Issuer}' ({certificate.SerialNumber})", certificate.ValidTo);

    public static Expiration Of(ServerIdentity identity) => new($"the key '{identity.Certificate.Issuer}' ({identity.Certificate.SerialNumber})", identity.KeyValidTo);

    /// <summary>A key of QSMP.</summary>
    public static Expiration OfKey(string identity, DateTimeOffset end) => new($"the key {identity}", end);
}
