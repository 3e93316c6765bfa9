using System.Security.Cryptography;
using Postern.Cryptography;
using Postern.Packets;

namespace Postern.Channels;

/// <summary>
/// The ratchets of a channel. The caller holds the opener's lock; the sealer's is taken here. Of two that cross, the one of the
/// connection's initiator wins, which both sides see without another packet: a request that arrives while one of ours is unanswered
/// was sent before the peer had seen ours. (QSTP §11, QSMP §1.13, §3.5)
/// </summary>
internal sealed class ChannelRatchets(
    Suite suite, ChannelProfile profile, bool isInitiator, KeyExchangeRatchet? keyExchange, PacketSealer sealer, PacketOpener opener)
    : IDisposable
{
    private byte[]? _peerPublicKey;

    /// <summary>Ratchets carried out, by either side.</summary>
    public long Count { get; private set; }

    /// <summary>Sizes of asymmetric ratchets' messages; null where there are none.</summary>
    public KeyExchangeRatchet? KeyExchange => keyExchange;

    /// <summary>The peer's asymmetric request waits for <see cref="SealAnswer"/>.</summary>
    public bool OwesAnswer => Volatile.Read(ref _peerPublicKey) is not null;

    /// <summary>okm = cSHAKE(N = configuration field, S = ratchet state, X = token or secret). (QSTP §11.2, QSMP §1.13)</summary>
    public DirectionKeys Derive(ReadOnlySpan<byte> token, ReadOnlySpan<byte> ratchetState) => DirectionKeys.Derive(
        profile.Rcs, profile.RatchetRate, profile.RatchetBlocks, suite.ConfigurationField, ratchetState, token);

    /// <summary>Seals a token and switches: we send under the new keys at once, and accept the old ones until the peer shows the new.</summary>
    /// <exception cref="InvalidOperationException">Too many ratchets are outstanding.</exception>
    public void SealRequest(ReadOnlySpan<byte> token, Span<byte> packet)
    {
        if (opener.PendingCount == PacketOpener.MaxPending)
        {
            throw new InvalidOperationException(
                $"{PacketOpener.MaxPending} ratchets are outstanding: the peer has sent nothing since the first of them.");
        }

        using DirectionKeys keys = Derive(token, opener.OwnRatchetState);
        lock (sealer)
        {
            sealer.Seal(ChannelProfile.RatchetFlag, token, packet, profile.SendsTimelessRatchets);
            sealer.Rekey(keys.CreateCipher(first: isInitiator));
        }

        opener.AddPending(keys.CreateCipher(first: !isInitiator), keys.CopyRatchetState());
        Count++;
    }

    /// <summary>Takes the peer's token and switches.</summary>
    public void OpenRequest(in PacketHeader header, ReadOnlySpan<byte> packet)
    {
        Span<byte> token = stackalloc byte[ChannelProfile.RatchetTokenSize];
        bool timeless = header.Time == 0 && (isInitiator || !profile.TimelessRatchetIsMirrored);
        opener.Open(header, checkTime: !timeless, packet, token);
        using DirectionKeys keys = Derive(token, opener.PeerRatchetState);
        CryptographicOperations.ZeroMemory(token);

        // QSTP §11.4: a reference server, which leaves the time at 0, transmits with the initiator's pair; its client must mirror that.
        bool mirrored = timeless && profile.TimelessRatchetIsMirrored;
        bool transmitFirst = isInitiator != mirrored;
        bool crossed = opener.PendingCount > 0;
        opener.Advance(keys.CreateCipher(first: !transmitFirst), keys.CopyRatchetState());
        Count++;

        // The winner only follows the peer until the peer has seen the winner's; the loser drops its own.
        if (crossed && isInitiator) return;
        opener.DropPending();
        lock (sealer) sealer.Rekey(keys.CreateCipher(first: transmitFirst));
    }

    /// <summary>
    /// Seals a request for a key exchange; the keys stay until its answer. False, with nothing sealed, if we owe an answer first.
    /// </summary>
    public bool TrySealKeyExchange(RandomSource random, Span<byte> packet)
    {
        if (OwesAnswer) return false;
        using SecretBytes message = new(keyExchange!.RequestSize);
        keyExchange.WriteRequest(random, message.Span);
        lock (sealer) sealer.Seal(ChannelProfile.KeyExchangeRequestFlag, message.Span, packet, profile.SendsTimelessRatchets);
        return true;
    }

    /// <summary>Takes the peer's request, which is then to be answered, unless ours wins.</summary>
    public OpenedKind OpenKeyExchange(in PacketHeader header, ReadOnlySpan<byte> packet)
    {
        if (OwesAnswer) throw new ChannelException(ChannelError.UnexpectedFlag, "The peer asked for a ratchet before the last one was answered.");
        using SecretBytes request = new(keyExchange!.RequestSize);
        opener.Open(header, checkTime: header.Time != 0, packet, request.Span);
        bool crossed = keyExchange.IsOutstanding;
        if (crossed && isInitiator) return OpenedKind.Nothing;
        keyExchange.Forget();
        _peerPublicKey = keyExchange.ReadRequest(request.Span);
        return crossed ? OpenedKind.CrossedRatchetToAnswer : OpenedKind.RatchetToAnswer;
    }

    /// <summary>Seals the answer under the present keys and switches both directions: the peer has held back everything since its request.</summary>
    public void SealAnswer(RandomSource random, Span<byte> packet)
    {
        using SecretBytes answer = new(keyExchange!.ResponseSize);
        using SecretBytes secret = new(keyExchange.SecretSize);
        keyExchange.Answer(random, _peerPublicKey, answer.Span, secret.Span);
        _peerPublicKey = null;
        using DirectionKeys keys = Derive(secret.Span, opener.OwnRatchetState);
        lock (sealer)
        {
            sealer.Seal(ChannelProfile.KeyExchangeResponseFlag, answer.Span, packet, profile.SendsTimelessRatchets);
            sealer.Rekey(keys.CreateCipher(first: isInitiator));
        }

        Follow(keys);
    }

    /// <summary>Takes the answer to our request and switches both directions.</summary>
    public void OpenAnswer(in PacketHeader header, ReadOnlySpan<byte> packet)
    {
        using SecretBytes response = new(keyExchange!.ResponseSize);
        opener.Open(header, checkTime: header.Time != 0, packet, response.Span);
        using SecretBytes secret = new(keyExchange.SecretSize);
        keyExchange.ReadResponse(response.Span, secret.Span);
        using DirectionKeys keys = Derive(secret.Span, opener.PeerRatchetState);
        lock (sealer) sealer.Rekey(keys.CreateCipher(first: isInitiator));
        Follow(keys);
    }

    /// <summary>The peer's goodbye came before an answer to our request, so none will come: the request is void, the keys stay.</summary>
    public void EndByGoodbye() => keyExchange?.Forget();

    /// <summary>The peer's request came after our goodbye: there is no answer, the keys stay.</summary>
    public void DropAnswer() => _peerPublicKey = null;

    public void Dispose() => keyExchange?.Dispose();

    private void Follow(DirectionKeys keys)
    {
        opener.Advance(keys.CreateCipher(first: !isInitiator), keys.CopyRatchetState());
        opener.DropPending();
        Count++;
    }
}
