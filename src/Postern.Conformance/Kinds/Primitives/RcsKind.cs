using System.Text.Json;
using Postern.Cryptography;

namespace Postern.Conformance.Kinds.Primitives;

/// <summary>RCS: key schedule, single packets, sessions, refused packets, counters that wrap. (primitives §5)</summary>
internal sealed class RcsKind : IVectorKind
{
    public string? Recognise(VectorFile file)
    {
        bool schedule = file.Json.FirstOf("key_schedule").HasAll("key", "round_keys", "mac_key");
        bool packets = file.Json.FirstOf("single").HasAll("key", "nonce", "nonce_after");
        bool session = file.Json.FirstOf("sessions").HasAll("key", "nonce", "packets");
        if (!schedule && !packets && !session) return null;
        return RcsVariant.Of(file) switch
        {
            RcsVariant.Reduced => "rcs, reduced rounds",
            RcsVariant.Qmac => "rcs, QMAC",
            _ => "rcs",
        };
    }

    public void Run(VectorFile file, CheckList checks)
    {
        string? variant = RcsVariant.Of(file);
        RcsPackets packets = new(variant);
        checks.Each(file.Json, "key_schedule", vector => CheckKeySchedule(variant, vector));
        checks.Each(file.Json, "single", packets.CheckSingle);
        checks.Each(file.Json, "sessions", packets.CheckSession);
        checks.Each(file.Json, "failed_tag", packets.CheckRefusal);
        checks.Each(file.Json, "nonce_carry", packets.CheckSingle);
    }

    private static void CheckKeySchedule(string? variant, JsonElement vector)
    {
        byte[] key = vector.Bytes("key");
        RcsParameters parameters = RcsVariant.Parameters(variant, key);
        byte[] roundKeys = new byte[parameters.RoundKeysSize];
        byte[] macKey = new byte[parameters.MacKeySize];
        RcsKeySchedule.Derive(parameters, key, vector.Bytes("info"), roundKeys, macKey);
        Expect.Equal("rounds", vector.Number("rounds"), parameters.Rounds);
        Expect.Equal("round_keys", vector.Bytes("round_keys"), roundKeys);
        Expect.Equal("mac_key", vector.Bytes("mac_key"), macKey);
    }
}
