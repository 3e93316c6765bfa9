using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Postern.Cryptography;

/// <summary>One packet on the state of RCS's MAC, whichever that is.</summary>
[StructLayout(LayoutKind.Auto)]
internal ref struct RcsMacMessage
{
    private readonly Span<ulong> _qmac;
    private readonly bool _isAccelerated;
    private KmacMessage _kmac;

    /// <summary>Goes on from <paramref name="state"/>, of <see cref="RcsParameters.MacStateSize"/> bytes.</summary>
    public RcsMacMessage(RcsParameters parameters, Span<byte> state, bool isAccelerated)
    {
        _isAccelerated = isAccelerated;
        if (parameters.Mac == RcsMacKind.Qmac)
        {
            _qmac = Qmac.Words(state);
        }
        else
        {
            _kmac = new KmacMessage(ref MemoryMarshal.AsRef<KeccakState>(state), parameters.Rate, parameters.MacRounds);
        }
    }

    /// <summary>Whether the packet's last part is the length of all packets so far: QMAC leaves it out.</summary>
    public readonly bool CoversLength => _qmac.IsEmpty;

    /// <summary>Makes the state for a key, before the first packet.</summary>
    public static void Start(RcsParameters parameters, ReadOnlySpan<byte> macKey, ReadOnlySpan<byte> nonce, Span<byte> state)
    {
        if (parameters.Mac == RcsMacKind.Qmac)
        {
            Qmac.Start(parameters.Rate, macKey, nonce, Qmac.Words(state));
        }
        else
        {
            Kmac.Start(parameters.Rate, macKey, [], ref MemoryMarshal.AsRef<KeccakState>(state), parameters.MacRounds);
        }
    }

    /// <summary>Takes in the next part: the headers, their length, the counter and the ciphertext are one each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Absorb(scoped ReadOnlySpan<byte> data)
    {
        if (_qmac.IsEmpty)
        {
            _kmac.Absorb(data);
        }
        else
        {
            Qmac.Absorb(_qmac, data, _isAccelerated);
        }
    }

    /// <summary>Ends the packet and writes its tag.</summary>
    public void Finish(scoped Span<byte> tag)
    {
        if (_qmac.IsEmpty)
        {
            _kmac.Finish(tag);
        }
        else
        {
            Qmac.Finish(_qmac, tag);
        }
    }
}
