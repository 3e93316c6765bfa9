using System.Text.Json;
using Postern.Cryptography;

namespace Postern.Conformance.Kinds.Primitives;

/// <summary>Tells the options of RCS that no protocol uses from the cipher itself. (primitives §5.8)</summary>
internal static class RcsVariant
{
    public const string Reduced = "reduced rounds";
    public const string QuadraticMac = "QMAC";

    private const int ReducedRounds256 = 14;
    private const int ReducedRounds512 = 21;
    private const int QuadraticMacTagSize = 32;

    /// <summary>The option, or null for the cipher that the protocols use.</summary>
    public static string? Of(VectorFile file)
    {
        if (HasReducedRounds(file.Json.FirstOf("key_schedule"))) return Reduced;

        // With a 32-byte key both tags have 32 bytes, and no field names the MAC: there only the file's name tells.
        bool isQuadratic = HasShortTag(file.Json.FirstOf("single")) || file.Name.Contains("qmac", StringComparison.OrdinalIgnoreCase);
        return isQuadratic ? QuadraticMac : null;
    }

    private static bool HasReducedRounds(JsonElement schedule) =>
        schedule.Has("rounds")
        && schedule.GetProperty("rounds") is { ValueKind: JsonValueKind.Number } rounds
        && rounds.TryGetInt32(out int count)
        && count is ReducedRounds256 or ReducedRounds512;

    // A key of 64 bytes with a tag of 32.
    private static bool HasShortTag(JsonElement packet) =>
        TextLength(packet, "key") == 2 * RcsParameters.Rcs512.KeySize
        && TextLength(packet, "output") is { } output
        && TextLength(packet, "plaintext") is { } plaintext
        && output - plaintext == 2 * QuadraticMacTagSize;

    private static int? TextLength(JsonElement vector, string name) =>
        vector.Has(name) && vector.GetProperty(name).ValueKind == JsonValueKind.String ? vector.GetProperty(name).GetString()!.Length : null;
}
