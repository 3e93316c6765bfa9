using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// One message on a KMAC state: absorb its parts, then <see cref="Finish"/>. The block buffer lives here, on the stack, because every
/// message starts and ends with an empty one.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal ref struct KmacMessage
{
    private readonly ref KeccakState _state;
    private readonly int _rate;
    private readonly int _rounds;
    private Block _buffer;
    private int _position;

    public KmacMessage(ref KeccakState state, int rate, int rounds = KeccakPermutation.StandardRounds)
    {
        _state = ref state;
        _rate = rate;
        _rounds = rounds;
    }

    /// <summary>Takes in more of the message. Whole blocks go straight into the state.</summary>
    public void Absorb(scoped ReadOnlySpan<byte> data)
    {
        Span<byte> buffer = _buffer;
        if (_position > 0)
        {
            int count = Math.Min(_rate - _position, data.Length);
            data[..count].CopyTo(buffer[_position..]);
            data = data[count..];
            _position += count;
            if (_position < _rate) return;
            KeccakPermutation.AbsorbBlocks(ref _state, buffer[.._rate], _rate, _rounds);
        }

        int whole = data.Length - (data.Length % _rate);
        KeccakPermutation.AbsorbBlocks(ref _state, data[..whole], _rate, _rounds);
        data[whole..].CopyTo(buffer);
        _position = data.Length - whole;
    }

    /// <summary>
    /// Ends the message and writes its tag. The state is neither cleared nor keyed again: the next message goes on from it.
    /// </summary>
    public void Finish(scoped Span<byte> tag)
    {
        AbsorbLastBlock((ulong)tag.Length * 8);
        while (tag.Length > 0)
        {
            int count = Math.Min(_rate, tag.Length);
            Permute();
            _state.CopyTo(0, tag[..count]);
            tag = tag[count..];
        }

        Clear();
    }

    /// <summary>Fills up to the next block boundary with zeros, as <c>bytepad</c> does (SP 800-185 §2.3.3).</summary>
    public void PadToBlock()
    {
        if (_position > 0)
        {
            _state.Xor(0, ((ReadOnlySpan<byte>)_buffer)[.._position]);
            Permute();
        }

        Clear();
    }

    private readonly void Permute() => KeccakPermutation.Permute(ref _state, _rounds);

    private void Clear()
    {
        CryptographicOperations.ZeroMemory(_buffer);
        _position = 0;
    }

    // t = right_encode(L), then the domain byte and the padding bit.
    private void AbsorbLastBlock(ulong outputBits)
    {
        Span<byte> encoded = stackalloc byte[StringEncoding.MaxIntegerSize + 1];
        int trailerSize = StringEncoding.RightEncode(outputBits, encoded);
        encoded[trailerSize] = KeccakSponge.CShakeDomain;
        ReadOnlySpan<byte> trailer = encoded[..(trailerSize + 1)];
        ReadOnlySpan<byte> buffered = ((ReadOnlySpan<byte>)_buffer)[.._position];
        ReadOnlySpan<byte> padding = [0x80];

        _state.Xor(0, buffered);
        if (_position + trailer.Length <= _rate)
        {
            _state.Xor(_position, trailer);
        }
        else
        {
            AbsorbOverflowingTrailer(trailer, buffered);
        }

        _state.Xor(_rate - 1, padding);
    }

    // The reference's deviation from SP 800-185 (primitives §4, overflow case): NIST lets t run over into the next block; here the
    // block without any of t is permuted as it is, and the next one is t, the domain byte, and behind them the old block once more.
    private readonly void AbsorbOverflowingTrailer(ReadOnlySpan<byte> trailer, ReadOnlySpan<byte> buffered)
    {
        Permute();
        _state.Xor(0, trailer);
        _state.Xor(trailer.Length, buffered[trailer.Length..]);
    }

    [InlineArray(KeccakRate.Bits256)]
    private struct Block
    {
        private byte _byte0;
    }
}
