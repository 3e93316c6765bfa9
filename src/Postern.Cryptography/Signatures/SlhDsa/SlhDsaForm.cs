namespace Postern.Cryptography;

/// <summary>
/// What differs between the standard and the form before it. Trees, one-time signatures, the layout of addresses, keys and signatures are
/// the same in both. (primitives §8)
/// </summary>
internal sealed record SlhDsaForm
{
    private SlhDsaForm()
    {
    }

    /// <summary>FIPS 205, pure, with an empty context.</summary>
    public static SlhDsaForm Fips205 { get; } = new()
    {
        Standard = "FIPS 205",
        WotsSecrets = SlhDsaAddressType.WotsPrf,
        ForsSecrets = SlhDsaAddressType.ForsPrf,
        SecretsTakePublicSeed = true,
        HighestBitFirst = true,
        MessagePrefix = [0, 0],
    };

    /// <summary>SPHINCS+ as submitted to NIST's third round (version 3 of 2020), SHAKE256, robust.</summary>
    public static SlhDsaForm Round3Robust { get; } = new()
    {
        Standard = "SPHINCS+ round 3, not FIPS 205",
        WotsSecrets = SlhDsaAddressType.WotsHash,
        ForsSecrets = SlhDsaAddressType.ForsTree,
        HasMasks = true,
    };

    /// <summary>What describes it.</summary>
    public required string Standard { get; init; }

    /// <summary>What the hashes are for that make the starts of chains.</summary>
    public required SlhDsaAddressType WotsSecrets { get; init; }

    /// <summary>What the hashes are for that make the forest's secret leaves.</summary>
    public required SlhDsaAddressType ForsSecrets { get; init; }

    /// <summary>PRF is SHAKE256(PK.seed ‖ ADRS ‖ SK.seed), and otherwise SHAKE256(SK.seed ‖ ADRS).</summary>
    public bool SecretsTakePublicSeed { get; init; }

    /// <summary>F, H and T hash their message XOR SHAKE256(PK.seed ‖ ADRS).</summary>
    public bool HasMasks { get; init; }

    /// <summary>The digest's bits choose leaves from the highest of each byte and number on, and otherwise from the lowest.</summary>
    public bool HighestBitFirst { get; init; }

    /// <summary>What is hashed before a message: in the standard the bytes for "pure" and an empty context. (FIPS 205 §10.2)</summary>
    public byte[] MessagePrefix { get; init; } = [];
}
