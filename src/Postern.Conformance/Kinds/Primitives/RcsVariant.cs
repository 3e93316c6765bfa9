using System.Text.Json;
using Postern.Cryptography;

namespace Postern.Conformance.Kinds.Primitives;

/// <summary>Tells the options of RCS that no protocol uses from the cipher itself. (primitives §5.8)</summary>
internal static class RcsVariant
{
    public const string Reduced = "reduced rounds";
    public const string Qmac = "QMAC";

    /// <summary>The option, or null for the cipher that the protocols use.</summary>
    public static string? Of(VectorFile file)
    {
        if (HasReducedRounds(file.Json.FirstOf("key_schedule"))) return Reduced;

        // With a 32-byte key both tags have 32 bytes, and no field names the MAC: there only the file's name tells.
        bool isQmac = HasShortTag(file.Json.FirstOf("single")) || file.Name.Contains("qmac", StringComparison.OrdinalIgnoreCase);
        return isQmac ? Qmac : null;
    }

    /// <summary>The parameters of a vector; the strength follows from the key's length.</summary>
    public static RcsParameters Parameters(string? variant, ReadOnlySpan<byte> key)
    {
        bool isLong = key.Length != RcsParameters.Rcs256.KeySize;
        return variant switch
        {
            Reduced => isLong ? RcsParameters.Rcs512Reduced : RcsParameters.Rcs256Reduced,
            Qmac => isLong ? RcsParameters.Rcs512Qmac : RcsParameters.Rcs256Qmac,
            _ => isLong ? RcsParameters.Rcs512 : RcsParameters.Rcs256,
        };
    }

    private static bool HasReducedRounds(JsonElement schedule) =>
        schedule.Has("rounds")
        && schedule.GetProperty("rounds") is { ValueKind: JsonValueKind.Number } rounds
        && rounds.TryGetInt32(out int count)
        && (count == RcsParameters.Rcs256Reduced.Rounds || count == RcsParameters.Rcs512Reduced.Rounds);

    // A key of 64 bytes with a tag of 32.
    private static bool HasShortTag(JsonElement packet) =>
        TextLength(packet, "key") == 2 * RcsParameters.Rcs512.KeySize
        && TextLength(packet, "output") is { } output
        && TextLength(packet, "plaintext") is { } plaintext
        && output - plaintext == 2 * RcsParameters.Rcs512Qmac.TagSize;

    private static int? TextLength(JsonElement vector, string name) =>
        vector.Has(name) && vector.GetProperty(name).ValueKind == JsonValueKind.String ? vector.GetProperty(name).GetString()!.Length : null;
}
