using System.Text.Json;
using Postern.Cryptography;

namespace Postern.Conformance.Kinds.Primitives;

/// <summary>The rate that a vector names: only those that some algorithm has.</summary>
internal static class SpongeRate
{
    public static int Of(JsonElement vector) => vector.Number("rate") switch
    {
        KeccakRate.Bits128 => KeccakRate.Bits128,
        KeccakRate.Bits256 => KeccakRate.Bits256,
        KeccakRate.Bits512 => KeccakRate.Bits512,
        int other => throw new UnsupportedVectorException($"no algorithm of this build has the rate {other}"),
    };
}
