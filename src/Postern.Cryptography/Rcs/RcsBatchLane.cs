using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>
/// One packet's input to KMAC, block by block: <c>[A || LE32(len A)] || n || C || LE64(41 + T)</c> (primitives §5.4), then the end of
/// the message as <see cref="KmacMessage"/> makes it. Every block is XORed into the state, and the state permuted.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct RcsBatchLane
{
    private ReadOnlyMemory<byte> _associatedData;
    private ReadOnlyMemory<byte> _ciphertext;
    private Inserted _inserted;
    private int _insertedSize;
    private ulong _lengthAfter;
    private int _rate;
    private int _tagSize;
    private long _position;
    private bool _overflows;

    /// <summary>Number of the packet in its batch.</summary>
    public int Job { get; private set; }

    /// <summary>Whether the last block was taken.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>How many blocks come next that lie in the ciphertext as they are.</summary>
    public readonly int WholeBlocks => _position < CiphertextStart ? 0 : (int)((CiphertextStart + _ciphertext.Length - _position) / _rate);

    private readonly long CiphertextStart => (long)_associatedData.Length + _insertedSize;

    /// <summary>Starts with a packet, before its counter moves.</summary>
    public void Start<TJob>(int index, in TJob job)
        where TJob : struct, IRcsBatchJob
    {
        RcsCipher cipher = job.Cipher;
        this = default;
        Job = index;
        _rate = cipher.Parameters.Rate;
        _tagSize = cipher.TagSize;
        _associatedData = job.AssociatedData;
        _ciphertext = job.Ciphertext;
        _lengthAfter = cipher.LengthAfter(_ciphertext.Length);
        if (!_associatedData.IsEmpty)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_inserted, (uint)_associatedData.Length);
            _insertedSize = sizeof(uint);
        }

        cipher.Counter.CopyTo(((Span<byte>)_inserted)[_insertedSize..]);
        _insertedSize += RcsParameters.BlockSize;
    }

    /// <summary>The ciphertext from the next block on.</summary>
    public readonly ReadOnlySpan<byte> Remaining() => _ciphertext.Span[(int)(_position - CiphertextStart)..];

    /// <summary>Leaves out blocks that were taken from <see cref="Remaining"/>.</summary>
    public void Skip(int blocks)
    {
        Debug.Assert(blocks <= WholeBlocks, "Whole blocks of ciphertext.");
        _position += (long)blocks * _rate;
    }

    /// <summary>Makes the next block of any kind: <paramref name="block"/> is as large as the rate.</summary>
    public void Take(Span<byte> block)
    {
        int size = Copy(block);
        if (size == block.Length)
        {
            _position += size;
            return;
        }

        block[size..].Clear();
        Span<byte> trailer = stackalloc byte[StringEncoding.MaxIntegerSize + 1];
        int trailerSize = StringEncoding.RightEncode((ulong)_tagSize * 8, trailer);
        trailer[trailerSize++] = KeccakSponge.CShakeDomain;
        if (!_overflows && size + trailerSize > block.Length)
        {
            // §4, overflow case: first without the trailer, next time once more with the trailer over its first bytes.
            _overflows = true;
            return;
        }

        trailer[..trailerSize].CopyTo(block[(_overflows ? 0 : size)..]);
        block[^1] ^= 0x80;
        IsComplete = true;
    }

    // What there is from the position on, at most a block. Returns its size.
    private readonly int Copy(Span<byte> block)
    {
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, _lengthAfter);
        Span<byte> rest = block;
        long skipped = _position;
        Copy(_associatedData.Span, ref skipped, ref rest);
        Copy(_inserted[.._insertedSize], ref skipped, ref rest);
        Copy(_ciphertext.Span, ref skipped, ref rest);
        Copy(length, ref skipped, ref rest);
        return block.Length - rest.Length;
    }

    private static void Copy(scoped ReadOnlySpan<byte> part, ref long skipped, ref Span<byte> rest)
    {
        if (skipped >= part.Length)
        {
            skipped -= part.Length;
            return;
        }

        part = part[(int)skipped..];
        part = part[..Math.Min(part.Length, rest.Length)];
        part.CopyTo(rest);
        rest = rest[part.Length..];
        skipped = 0;
    }

    // The length of the associated data and the counter.
    [InlineArray(sizeof(uint) + RcsParameters.BlockSize)]
    private struct Inserted
    {
        private byte _byte0;
    }
}
