using System.Text.Json;
using Postern.Qstp.Certificates;

namespace Postern.Conformance.Kinds.Qstp;

/// <summary>Compares every field of a certificate or key with its description.</summary>
internal static class CertificateFieldChecks
{
    public static void CheckCertificate(JsonElement fields, Certificate certificate)
    {
        Expect.Equal("signature", fields.Bytes("signature"), certificate.Signature);
        Expect.Equal("signed_hash", fields.Bytes("signed_hash"), certificate.SignedHash);
        Expect.Equal("verification_key", fields.Bytes("verification_key"), certificate.VerificationKey);
        Expect.Equal("issuer", fields.Bytes("issuer"), certificate.IssuerField);
        Expect.Equal("issuer_text", fields.Text("issuer_text"), certificate.Issuer);
        Expect.Equal("serial", fields.Bytes("serial"), certificate.Serial);
        Expect.Equal("valid_from", fields.LongNumber("valid_from"), certificate.ValidFromSeconds);
        Expect.Equal("valid_to", fields.LongNumber("valid_to"), certificate.ValidToSeconds);
        Expect.Equal("algorithm", fields.Number("algorithm"), certificate.Suite.Id);
        Expect.Equal("version", fields.Number("version"), certificate.Version);
        Expect.Equal("certificate_hash", fields.Bytes("certificate_hash"), certificate.ComputeHash());
    }

    public static void CheckKey(JsonElement fields, SigningKeyFile key)
    {
        Expect.Equal("issuer", fields.Bytes("issuer"), key.IssuerField);
        Expect.Equal("serial", fields.Bytes("serial"), key.Serial);
        Expect.Equal("signing_key", fields.Bytes("signing_key"), key.SigningKey);
        Expect.Equal("verification_key", fields.Bytes("verification_key"), key.VerificationKey);
        Expect.Equal("valid_from", fields.LongNumber("valid_from"), key.ValidFromSeconds);
        Expect.Equal("valid_to", fields.LongNumber("valid_to"), key.ValidToSeconds);
        Expect.Equal("algorithm", fields.Number("algorithm"), key.Suite.Id);
        Expect.Equal("version", fields.Number("version"), key.Version);
    }
}
