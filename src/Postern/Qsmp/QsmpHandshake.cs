using System.Security.Cryptography;
using Postern.Channels;
using Postern.Cryptography;
using Postern.Handshakes;
using Postern.Packets;

namespace Postern.Qsmp;

/// <summary>What the handshakes of both modes and both sides share: sizes, codes, and the attached signature. (QSMP §1)</summary>
internal abstract class QsmpHandshake(QsmpMode mode, WireClock clock, RandomSource random) : Handshake(clock, random)
{
    /// <summary>The running hash as it stands; empty on a responder that nobody has asked yet. Public on the wire.</summary>
    public abstract ReadOnlySpan<byte> TranscriptValue { get; }

    protected override byte ErrorFlag => QsmpProtocol.ErrorFlag;

    protected ChannelProfile Profile => field ??= QsmpProtocol.ProfileOf(mode).With(Settings.Cipher);

    protected int HashSize { get; } = QsmpProtocol.HashSizeOf(mode);

    public override string DescribeCode(byte code) => QsmpErrors.Describe(code);

    protected override byte CodeOf(ChannelError error) => (byte)QsmpErrors.CodeOf(error);

    // A packet of full size with the error flag: its own byte goes back, or the stage's code. A real error packet is shorter than what
    // the reference waits for, so for that the receive has failed. (§1.9, §1.10, §4.1)
    protected override byte AnswerToPeerError(byte? code, bool isWhole, byte? headerCode) =>
        isWhole ? headerCode ?? code ?? CodeOf(ChannelError.ConnectionLost) : CodeOf(ChannelError.ConnectionLost);

    /// <summary>Size of an attached signature: <c>signature || signed hash</c>. (§1.6)</summary>
    protected int AttachedSize(Suite suite) => suite.Signature.SignatureSize + HashSize;

    /// <summary>Writes <c>Sign(hash) || hash</c> and takes the hash into the transcript.</summary>
    protected void WriteAttached(QsmpPrivateKey key, ReadOnlySpan<byte> hash, Span<byte> attached, Transcript transcript)
    {
        int signatureSize = key.Suite.Signature.SignatureSize;
        hash.CopyTo(attached[signatureSize..]);
        key.Sign(Random, hash, attached[..signatureSize]);
        transcript.Absorb(hash);
    }

    /// <summary>Verifies the signature over the attached hash, then compares that hash with our own, and takes it into the transcript.</summary>
    /// <param name="signer">Whose signature it must be.</param>
    /// <param name="verifier">The signer's key, made ready.</param>
    /// <param name="attached">As received.</param>
    /// <param name="hash">As computed here.</param>
    /// <param name="transcript">Takes the hash.</param>
    /// <param name="mismatch">What the peer is told of another hash.</param>
    protected void CheckAttached(
        QsmpPublicKey signer,
        MessageVerifier verifier,
        ReadOnlySpan<byte> attached,
        ReadOnlySpan<byte> hash,
        Transcript transcript,
        QsmpErrorCode mismatch)
    {
        int signatureSize = signer.Suite.Signature.SignatureSize;
        ReadOnlySpan<byte> signedHash = attached[signatureSize..];
        if (!verifier.Verify(signedHash, attached[..signatureSize]))
        {
            throw Failure(ChannelError.AuthenticationFailed, $"The peer's signature does not verify: it does not hold the {signer}.");
        }

        CheckHash(hash, signedHash, mismatch);
        transcript.Absorb(hash);
    }

    protected void CheckHash(ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signedHash, QsmpErrorCode mismatch)
    {
        if (CryptographicOperations.FixedTimeEquals(hash, signedHash)) return;
        throw Failure(ChannelError.HashMismatch, "The packet was altered: its signed hash is another one.", (byte)mismatch);
    }

    /// <summary>Encapsulates to the peer's fresh key.</summary>
    protected void Encapsulate(Suite suite, ReadOnlySpan<byte> publicKey, Span<byte> ciphertext, Span<byte> secret)
    {
        if (suite.Kem.TryEncapsulate(Random, publicKey, ciphertext, secret)) return;
        throw Failure(ChannelError.KeyEncapsulationFailed, "The peer's ephemeral public key is malformed.", (byte)QsmpErrorCode.ExchangeFailed);
    }

    /// <summary>Opens a sealed handshake packet and compares what is in it. (§2.4, §3.4)</summary>
    /// <param name="keys">The fresh keys.</param>
    /// <param name="packet">The whole packet.</param>
    /// <param name="expected">What must be in it.</param>
    /// <param name="wrongTag">What the peer is told of a wrong tag.</param>
    protected void OpenExpected(ChannelKeys keys, ReadOnlySpan<byte> packet, ReadOnlySpan<byte> expected, QsmpErrorCode wrongTag)
    {
        Span<byte> value = stackalloc byte[Sha3.DigestSize512];
        value = value[..expected.Length];
        if (!keys.Receive.TryOpen(packet[..PacketHeader.Size], packet[PacketHeader.Size..], value))
        {
            throw Failure(
                ChannelError.AuthenticationFailed, "The peer's confirmation does not open: it has other keys or another form of the cipher, or it was altered.", (byte)wrongTag);
        }

        if (!CryptographicOperations.FixedTimeEquals(value, expected))
        {
            throw Failure(
                ChannelError.AuthenticationFailed, "The peer saw another handshake than this side.", (byte)QsmpErrorCode.VerificationFailed);
        }
    }

    /// <summary>okm = cSHAKE(X = secret, N = sch, S = customization); the ratchet seed is the next block. (§2.5, §3.4)</summary>
    protected ChannelKeys DeriveKeys(
        Suite suite,
        bool isInitiator,
        ReadOnlySpan<byte> transcript,
        ReadOnlySpan<byte> customization,
        ReadOnlySpan<byte> secret,
        KeyExchangeRatchet? keyExchange = null) => new(
            suite,
            Profile,
            isInitiator,
            DirectionKeys.Derive(Profile.Rcs, Profile.RatchetRate, Profile.RatchetBlocks, transcript, customization, secret))
        {
            KeyExchange = keyExchange,
        };

    /// <summary>A key that has run out is used no more, on either side: the peer would refuse it, or should. (§6, row 22)</summary>
    protected ChannelException Expired(string whose) => Failure(ChannelError.KeyExpired, ExpiredMessage(whose));

    /// <summary>The same before anything was sent: then nothing is. (§2.1)</summary>
    protected static ChannelException ExpiredHere(string whose) => new(ChannelError.KeyExpired, ExpiredMessage(whose));

    private static string ExpiredMessage(string whose) => $"{whose} has expired: make a new pair and give its public half to the peers.";
}
