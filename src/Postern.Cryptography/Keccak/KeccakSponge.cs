using System.Diagnostics;

namespace Postern.Cryptography;

/// <summary>
/// The Keccak sponge: absorb any number of parts, then squeeze any number of parts (FIPS 202 §4). A mutable value: keep it in one
/// local or field, pass it by reference, and <see cref="Clear"/> it when its input was secret.
/// </summary>
internal struct KeccakSponge
{
    public const byte Sha3Domain = 0x06;
    public const byte ShakeDomain = 0x1F;
    public const byte CShakeDomain = 0x04;

    private readonly int _rate;
    private readonly byte _domain;
    private KeccakState _state;
    private int _position;
    private bool _squeezing;

    /// <summary>An empty sponge with <paramref name="rate"/> bytes a block and the given domain byte.</summary>
    public KeccakSponge(int rate, byte domain)
    {
        _rate = rate;
        _domain = domain;
    }

    public static KeccakSponge Sha3_256() => new(KeccakRate.Bits256, Sha3Domain);

    public static KeccakSponge Sha3_512() => new(KeccakRate.Bits512, Sha3Domain);

    public static KeccakSponge Shake128() => new(KeccakRate.Bits128, ShakeDomain);

    public static KeccakSponge Shake256() => new(KeccakRate.Bits256, ShakeDomain);

    /// <summary>Takes in more input. Not allowed after the first <see cref="Squeeze"/>.</summary>
    public void Absorb(ReadOnlySpan<byte> data)
    {
        Debug.Assert(!_squeezing, "Absorbing after squeezing.");
        if (_position > 0)
        {
            int count = Math.Min(_rate - _position, data.Length);
            _state.Xor(_position, data[..count]);
            data = data[count..];
            _position += count;
            if (_position < _rate) return;
            _state.Permute();
            _position = 0;
        }

        int whole = data.Length - (data.Length % _rate);
        KeccakPermutation.AbsorbBlocks(ref _state, data[..whole], _rate);
        _state.Xor(0, data[whole..]);
        _position = data.Length - whole;
    }

    /// <summary>Absorbs one byte.</summary>
    public void Absorb(byte value) => Absorb(new ReadOnlySpan<byte>(in value));

    /// <summary>Fills up to the next block boundary with zeros, as <c>bytepad</c> does (SP 800-185 §2.3.3).</summary>
    public void PadToBlock()
    {
        Debug.Assert(!_squeezing, "Absorbing after squeezing.");
        if (_position == 0) return;
        _state.Permute();
        _position = 0;
    }

    /// <summary>Gives the next bytes of the output stream.</summary>
    public void Squeeze(Span<byte> output)
    {
        if (!_squeezing) Finish();
        while (output.Length > 0)
        {
            if (_position == _rate)
            {
                _state.Permute();
                _position = 0;
            }

            int count = Math.Min(_rate - _position, output.Length);
            _state.CopyTo(_position, output[..count]);
            output = output[count..];
            _position += count;
        }
    }

    /// <summary>Leaves out the next bytes of the output stream.</summary>
    public void Skip(int count)
    {
        if (!_squeezing) Finish();
        while (count > 0)
        {
            if (_position == _rate)
            {
                _state.Permute();
                _position = 0;
            }

            int step = Math.Min(_rate - _position, count);
            count -= step;
            _position += step;
        }
    }

    /// <summary>Erases the state and makes the sponge empty again.</summary>
    public void Clear()
    {
        _state.Clear();
        _position = 0;
        _squeezing = false;
    }

    // Pads the last block. The permutation that follows belongs to the first squeeze.
    private void Finish()
    {
        ReadOnlySpan<byte> last = [0x80];
        _state.Xor(_position, [_domain]);
        _state.Xor(_rate - 1, last);
        _position = _rate;
        _squeezing = true;
    }
}
