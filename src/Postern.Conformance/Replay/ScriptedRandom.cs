using Postern.Cryptography;

namespace Postern.Conformance.Replay;

/// <summary>Gives out the recorded draws of random bytes, in their order and sizes; any other draw fails the check.</summary>
internal sealed class ScriptedRandom(params byte[][] draws) : RandomSource
{
    private int _next;

    /// <summary>The 32 zero bytes that make ML-DSA sign deterministically, as the reference does.</summary>
    public static byte[] DeterministicSignature => new byte[32];

    public override void Fill(Span<byte> destination)
    {
        if (_next == draws.Length || draws[_next].Length != destination.Length)
        {
            throw new InvalidDataException($"draw {_next + 1} of {destination.Length} random bytes is not among the recorded ones");
        }

        draws[_next++].CopyTo(destination);
    }
}
