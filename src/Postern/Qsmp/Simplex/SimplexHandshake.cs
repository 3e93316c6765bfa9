using Postern.Channels;
using Postern.Cryptography;
using Postern.Packets;

namespace Postern.Qsmp.Simplex;

/// <summary>What both sides of the four packets share. (QSMP §2)</summary>
internal abstract class SimplexHandshake(WireClock clock, RandomSource random) : QsmpHandshake(QsmpMode.Simplex, clock, random)
{
    public const int ConnectRequestSize = PacketHeader.Size + QsmpProtocol.KeyIdentitySize + QsmpProtocol.ConfigurationFieldSize;

    // The hash and the tag.
    public const int ExchangeResponseSize = PacketHeader.Size + (2 * Sha3.DigestSize256);

    public int ConnectResponseSize(Suite suite) => PacketHeader.Size + AttachedSize(suite) + suite.Kem.PublicKeySize;

    public static int ExchangeRequestSize(Suite suite) => PacketHeader.Size + suite.Kem.CiphertextSize;

    /// <summary>sch1 = H(cfg || kid || vk). (§2.1)</summary>
    protected static Transcript Start(Suite suite, ReadOnlySpan<byte> identity, ReadOnlySpan<byte> verificationKey)
    {
        Span<byte> value = stackalloc byte[Sha3.DigestSize256];
        Transcript.Hash(value, suite.ConfigurationField, identity, verificationKey);
        return new Transcript(value);
    }
}
