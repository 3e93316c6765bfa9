using System.Text.Json;
using Postern.Cryptography;

namespace Postern.Conformance.Kinds.Primitives;

/// <summary>KMAC with the reference's last block, alone and going on after a tag. (primitives §4)</summary>
internal sealed class KmacKind : IVectorKind
{
    public string? Recognise(VectorFile file)
    {
        bool single = file.Json.FirstOf("single").HasAll("rate", "key", "custom", "mac");
        bool session = file.Json.FirstOf("sessions").HasAll("rate", "key", "steps");
        return single || session ? "kmac" : null;
    }

    public void Run(VectorFile file, CheckList checks)
    {
        checks.Each(file.Json, "single", CheckSingle);
        checks.Each(file.Json, "sessions", CheckSession);
    }

    private static void CheckSingle(JsonElement vector)
    {
        int rate = SpongeRate.Of(vector);
        KeccakState state = default;
        Kmac.Start(rate, vector.Bytes("key"), vector.Bytes("custom"), ref state);
        CheckMac(vector, ref state, rate, vector.Size("outlen"), [vector.Bytes("msg")]);
    }

    private static void CheckSession(JsonElement session)
    {
        int rate = SpongeRate.Of(session);
        KeccakState state = default;
        Kmac.Start(rate, session.Bytes("key"), [], ref state);
        foreach (JsonElement step in session.Items("steps"))
        {
            CheckMac(step, ref state, rate, session.Size("outlen"), step.ByteStrings("updates"));
        }
    }

    private static void CheckMac(JsonElement vector, ref KeccakState state, int rate, int size, List<byte[]> updates)
    {
        KmacMessage message = new(ref state, rate);
        foreach (byte[] update in updates) message.Absorb(update);
        byte[] mac = new byte[size];
        message.Finish(mac);
        Expect.Equal("mac", vector.Bytes("mac"), mac);
    }
}
