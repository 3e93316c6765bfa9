using Postern.Channels;
using Postern.Cryptography;
using Postern.Packets;

namespace Postern.Qsmp.Duplex;

/// <summary>What both sides of the six packets share. (QSMP §3)</summary>
internal abstract class DuplexHandshake(Suite suite, WireClock clock, RandomSource random) : QsmpHandshake(QsmpMode.Duplex, clock, random)
{
    // The hash and the tag.
    public int EstablishSize => PacketHeader.Size + HashSize + Profile.Rcs.TagSize;

    public int ConnectRequestSize =>
        PacketHeader.Size + QsmpProtocol.KeyIdentitySize + QsmpProtocol.ConfigurationFieldSize + AttachedSize(suite);

    public int ConnectResponseSize => PacketHeader.Size + AttachedSize(suite) + suite.Kem.PublicKeySize;

    public int ExchangeRequestSize => PacketHeader.Size + suite.Kem.CiphertextSize + suite.Kem.PublicKeySize + AttachedSize(suite);

    public int ExchangeResponseSize => PacketHeader.Size + suite.Kem.CiphertextSize + AttachedSize(suite);

    protected Suite Suite => suite;

    /// <summary>sch1 = H(cfg || kid || vkI || vkR): the listener's identity, the sender's verification key first. (§3.1)</summary>
    protected static Transcript Start(
        Suite suite, ReadOnlySpan<byte> identity, ReadOnlySpan<byte> senderKey, ReadOnlySpan<byte> listenerKey)
    {
        Span<byte> value = stackalloc byte[Sha3.DigestSize512];
        Transcript.Hash(value, suite.ConfigurationField, identity, senderKey, listenerKey);
        return new Transcript(value);
    }

    /// <summary>The keys of sch5, with what later signs and checks asymmetric ratchets. (§3.4, §3.5)</summary>
    protected ChannelKeys DeriveKeys(
        bool isInitiator, ReadOnlySpan<byte> sch5, ReadOnlySpan<byte> secretA, ReadOnlySpan<byte> secretB, QsmpPrivateKey own, QsmpPublicKey peer) =>
        DeriveKeys(
            suite,
            isInitiator,
            sch5,
            customization: secretB,
            secretA,
            new KeyExchangeRatchet(suite, own.Sign, peer.VerificationKeyMemory, HashSize));

    /// <summary>H(sch6), where sch6 = H(sch5 || the establish request's message). (§3.4)</summary>
    protected static void HashConfirmation(Transcript transcript, ReadOnlySpan<byte> establishRequest, Span<byte> confirmation)
    {
        transcript.Absorb(establishRequest[PacketHeader.Size..]);
        Transcript.Hash(confirmation, transcript.Value);
    }
}
