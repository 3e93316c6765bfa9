using System.Diagnostics.CodeAnalysis;

namespace Postern.Cryptography;

/// <summary>What Keccak needs of a processor's vectors of 64-bit words. Each word belongs to another state.</summary>
internal unsafe interface IKeccakUnit<TVector>
    where TVector : struct
{
    /// <summary>Whether this processor has the instructions.</summary>
    static abstract bool IsSupported { get; }

    static abstract TVector Load(ulong* source);

    static abstract void Store(TVector value, ulong* destination);

    /// <summary>The same word everywhere.</summary>
    static abstract TVector Broadcast(ulong value);

    static abstract TVector Xor(TVector a, TVector b);

    static abstract TVector Xor(TVector a, TVector b, TVector c);

    /// <summary><c>a ^ (~b &amp; c)</c>: the step chi (FIPS 202 §3.2.4).</summary>
    static abstract TVector Chi(TVector a, TVector b, TVector c);

    /// <summary>Rotates every word; the count, 1 to 63, must be a constant.</summary>
    static abstract TVector RotateLeft(TVector value, [ConstantExpected(Min = 1, Max = 63)] byte count);
}
