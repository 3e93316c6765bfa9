using Postern.Cryptography;

namespace Postern.Channels;

/// <summary>The running hash of a handshake: each step is H(previous || data). (QSTP §6)</summary>
internal sealed class Transcript
{
    private readonly byte[] _value = new byte[Sha3.DigestSize256];

    public Transcript(ReadOnlySpan<byte> initialValue) => initialValue.CopyTo(_value);

    public ReadOnlySpan<byte> Value => _value;

    /// <summary>Replaces the value by H(value || data).</summary>
    public void Absorb(ReadOnlySpan<byte> data)
    {
        KeccakSponge sponge = KeccakSponge.Sha3_256();
        sponge.Absorb(_value);
        sponge.Absorb(data);
        sponge.Squeeze(_value);
    }

    /// <summary>H(header || value || body), the hash that a handshake packet signs; the value stays.</summary>
    public void HashPacket(ReadOnlySpan<byte> header, ReadOnlySpan<byte> body, Span<byte> digest)
    {
        KeccakSponge sponge = KeccakSponge.Sha3_256();
        sponge.Absorb(header);
        sponge.Absorb(_value);
        sponge.Absorb(body);
        sponge.Squeeze(digest);
    }
}
