namespace Postern.Cli.Commands;

/// <summary>A configuration set. Its properties are the JSON form; sizes are bytes.</summary>
internal sealed record SuiteReport
{
    public required string Protocol { get; init; }

    public required int Id { get; init; }

    public required string Name { get; init; }

    public required int Level { get; init; }

    public required string Signature { get; init; }

    public required string SignatureStandard { get; init; }

    public required string Kem { get; init; }

    public required string KemStandard { get; init; }

    /// <summary>Both algorithms are in a FIPS.</summary>
    public required bool IsStandard { get; init; }

    public required int SignatureSize { get; init; }

    public required int VerificationKeySize { get; init; }

    public required int PublicKeySize { get; init; }

    public required int CiphertextSize { get; init; }

    public required bool IsDefault { get; init; }

    /// <summary>Both ends of one handshake, the ephemeral key made for it; null if not measured.</summary>
    public double? HandshakeMilliseconds { get; init; }

    public static SuiteReport Of(string protocol, Suite suite, bool isDefault) => new()
    {
        Protocol = protocol,
        Id = suite.Id,
        Name = suite.Name,
        Level = suite.SecurityLevel,
        Signature = suite.Signature.Name,
        SignatureStandard = suite.Signature.Standard,
        Kem = suite.Kem.Name,
        KemStandard = suite.Kem.Standard,
        IsStandard = IsFips(suite.Signature.Standard) && IsFips(suite.Kem.Standard),
        SignatureSize = suite.Signature.SignatureSize,
        VerificationKeySize = suite.Signature.VerificationKeySize,
        PublicKeySize = suite.Kem.PublicKeySize,
        CiphertextSize = suite.Kem.CiphertextSize,
        IsDefault = isDefault,
    };

    /// <summary>Whether someone may mean this set.</summary>
    public bool Has(string part) => ((string[])[Protocol, Name, Signature, Kem, $"level{Level}"]).Any(text => text.Contains(part, StringComparison.OrdinalIgnoreCase));

    private static bool IsFips(string standard) => standard.StartsWith("FIPS ", StringComparison.Ordinal);
}
