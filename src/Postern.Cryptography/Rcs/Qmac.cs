using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// QMAC, which the reference library of 2025-03 had and newer ones have not (primitives §5.8). Its state is H, F and Y, four 64-bit
/// words each: all messages go on from the same Y. The pad F is the same for every tag, each part of a message is padded with zeros by
/// itself, no length is covered, and what should be a multiplication in GF(2^256) is neither a field's nor right: see
/// <see cref="QmacMultiplication{TUnit}"/>. Only for peers that can do nothing else.
/// </summary>
internal static class Qmac
{
    /// <summary>Size of the state in bytes.</summary>
    public const int StateSize = 3 * BlockSize;

    /// <summary>Size of a tag in bytes.</summary>
    public const int TagSize = 32;

    // Bytes of a block, of H, of F and of Y.
    private const int BlockSize = 32;
    private const int BlockWords = BlockSize / sizeof(ulong);

    /// <summary>H and F from the first half of a 64-byte key or all of a 32-byte one, and the cipher's first counter; Y = 0.</summary>
    public static void Start(int rate, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, Span<ulong> state)
    {
        Debug.Assert(state.Length == StateSize / sizeof(ulong), "H, F and Y.");
        Span<byte> subkeys = stackalloc byte[2 * BlockSize];
        CShake.Derive(rate, nonce, [], key[..BlockSize], subkeys);
        state.Clear();
        for (int i = 0; i < 2 * BlockWords; i++)
        {
            state[i] = BinaryPrimitives.ReadUInt64LittleEndian(subkeys[(i * sizeof(ulong))..]);
        }

        CryptographicOperations.ZeroMemory(subkeys);
    }

    /// <summary>Takes in one part of a message; its last block is filled up with zeros.</summary>
    public static void Absorb(Span<ulong> state, ReadOnlySpan<byte> data, bool isAccelerated)
    {
        Span<byte> block = stackalloc byte[BlockSize];
        ReadOnlySpan<ulong> h = state[..BlockWords];
        Span<ulong> y = state[(2 * BlockWords)..];
        for (; !data.IsEmpty; data = data[Math.Min(BlockSize, data.Length)..])
        {
            scoped ReadOnlySpan<byte> whole = data;
            if (data.Length < BlockSize)
            {
                block.Clear();
                data.CopyTo(block);
                whole = block;
            }

            for (int i = 0; i < y.Length; i++) y[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(whole[(i * sizeof(ulong))..]);
            if (isAccelerated)
            {
                QmacMultiplication<X86CarrylessUnit>.Multiply(h, y);
            }
            else
            {
                QmacMultiplication<PortableCarrylessUnit>.Multiply(h, y);
            }
        }

        CryptographicOperations.ZeroMemory(block);
    }

    /// <summary>Ends a message: Y = Y + F is the tag, and where the next message starts.</summary>
    public static void Finish(Span<ulong> state, Span<byte> tag)
    {
        Debug.Assert(tag.Length == TagSize, "One size.");
        ReadOnlySpan<ulong> f = state.Slice(BlockWords, BlockWords);
        Span<ulong> y = state[(2 * BlockWords)..];
        for (int i = 0; i < y.Length; i++)
        {
            y[i] ^= f[i];
            BinaryPrimitives.WriteUInt64LittleEndian(tag[(i * sizeof(ulong))..], y[i]);
        }
    }

    /// <summary>The words of a state that is kept as bytes.</summary>
    public static Span<ulong> Words(Span<byte> state) => MemoryMarshal.Cast<byte, ulong>(state);
}
