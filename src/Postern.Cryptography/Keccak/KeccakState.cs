using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>The 25 lanes of Keccak-f[1600], 200 bytes, lane (x, y) at index x + 5y (FIPS 202 §3.1).</summary>
[InlineArray(LaneCount)]
internal struct KeccakState
{
    public const int LaneCount = 25;
    public const int SizeInBytes = 200;

    private ulong _lane0;

    /// <summary>XORs <paramref name="data"/> into the bytes from <paramref name="offset"/> on.</summary>
    public void Xor(int offset, ReadOnlySpan<byte> data)
    {
        Span<ulong> lanes = this;
        if (BitConverter.IsLittleEndian)
        {
            XorBytes(MemoryMarshal.AsBytes(lanes).Slice(offset, data.Length), data);
            return;
        }

        for (int i = 0; i < data.Length; i++)
        {
            lanes[(offset + i) >> 3] ^= (ulong)data[i] << (((offset + i) & 7) << 3);
        }
    }

    /// <summary>Copies the bytes from <paramref name="offset"/> on into <paramref name="destination"/>.</summary>
    public readonly void CopyTo(int offset, Span<byte> destination)
    {
        ReadOnlySpan<ulong> lanes = this;
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(lanes).Slice(offset, destination.Length).CopyTo(destination);
            return;
        }

        for (int i = 0; i < destination.Length; i++)
        {
            destination[i] = (byte)(lanes[(offset + i) >> 3] >> (((offset + i) & 7) << 3));
        }
    }

    /// <summary>Applies the 24-round permutation.</summary>
    public void Permute() => KeccakPermutation.Permute(ref this);

    /// <summary>Erases the state.</summary>
    public void Clear() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes((Span<ulong>)this));

    private static void XorBytes(Span<byte> target, ReadOnlySpan<byte> data)
    {
        Span<ulong> targetWords = MemoryMarshal.Cast<byte, ulong>(target);
        ReadOnlySpan<ulong> dataWords = MemoryMarshal.Cast<byte, ulong>(data);
        for (int i = 0; i < targetWords.Length; i++)
        {
            targetWords[i] ^= dataWords[i];
        }

        for (int i = targetWords.Length * sizeof(ulong); i < target.Length; i++)
        {
            target[i] ^= data[i];
        }
    }
}
