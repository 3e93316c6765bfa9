using System.Buffers.Binary;
using Postern.Channels;
using Postern.Packets;

namespace Postern.Tests.Support;

/// <summary>
/// Two channels and the packets on their way, driven event by event. Every message carries its number, and each must come out once,
/// intact, in order.
/// </summary>
internal sealed class RatchetModel : IDisposable
{
    private readonly Side _client;
    private readonly Side _server;
    private readonly SeededRandom _random;
    private readonly KeyUse? _keyUse;

    public RatchetModel(WireClock clock, int seed, bool watchKeys, Func<bool, ChannelKeys>? keys = null)
    {
        keys ??= static isInitiator => TestChannels.Keys(isInitiator);
        _client = new Side(new SealedChannel(keys(true), clock));
        _server = new Side(new SealedChannel(keys(false), clock));
        _random = new SeededRandom(seed);
        _keyUse = watchKeys ? new KeyUse() : null;
    }

    public int KeyCount => _keyUse?.KeyCount ?? 0;

    public long Ratchets => _client.Channel.RatchetCount;

    /// <summary>Asymmetric ratchets that were asked for, and of those the ones that crossed and lost.</summary>
    public (int Asked, int Lost) KeyExchanges { get; private set; }

    public (SealedChannel Client, SealedChannel Server) Channels => (_client.Channel, _server.Channel);

    /// <summary>Packets on their way from this side.</summary>
    public int InFlight(bool client) => From(client).Outgoing.Count;

    /// <summary>It does not wait for the answer to an asymmetric ratchet.</summary>
    public bool MaySend(bool client) => !From(client).IsHeld;

    public bool CanRatchet(bool client) => MaySend(client) && From(client).Channel.PendingRatchets < PacketOpener.MaxPending;

    public bool OwesAnswer(bool client) => From(client).Channel.OwesAnswer;

    public void Send(bool client, int size = 4)
    {
        Side side = From(client);
        byte[] message = new byte[Math.Max(size, sizeof(int))];
        _random.Fill(message);
        BinaryPrimitives.WriteInt32LittleEndian(message, side.Sent.Count + side.Received);
        side.Sent.Enqueue(message);
        _keyUse?.Sealing(side.Channel, message.Length);
        side.Outgoing.Enqueue(side.Channel.Seal(message));
    }

    public void Ratchet(bool client)
    {
        Side side = From(client);
        _keyUse?.Sealing(side.Channel, ChannelProfile.RatchetTokenSize);
        side.Outgoing.Enqueue(side.Channel.SealRatchet(_random));
    }

    /// <summary>Asks for an asymmetric ratchet, after answering the peer's if that is due; then this side holds everything back.</summary>
    public void ExchangeKeys(bool client)
    {
        Side side = From(client);
        Answer(client);
        _keyUse?.Sealing(side.Channel, side.Channel.KeyExchangeRequestSize);
        side.Outgoing.Enqueue(side.Channel.SealKeyExchange(_random) ?? throw new InvalidOperationException("No request can be made."));
        side.IsHeld = true;
        KeyExchanges = (KeyExchanges.Asked + 1, KeyExchanges.Lost);
    }

    /// <summary>Answers the peer's asymmetric ratchet, if it waits for that.</summary>
    public void Answer(bool client)
    {
        Side side = From(client);
        if (!side.Channel.OwesAnswer) return;
        _keyUse?.Sealing(side.Channel, side.Channel.KeyExchangeAnswerSize);
        side.Outgoing.Enqueue(side.Channel.SealAnswer(_random)!);
    }

    /// <summary>Delivers the oldest packet of this side to the other.</summary>
    public void Deliver(bool fromClient)
    {
        Side sender = From(fromClient);
        byte[] arriving = sender.Outgoing.Dequeue();
        (OpenedPacket packet, byte[] message) = From(!fromClient).Channel.Receive(arriving);
        switch (packet.Kind)
        {
            case OpenedKind.Ratchet when arriving[0] == ChannelProfile.KeyExchangeResponseFlag:
                From(!fromClient).IsHeld = false;
                return;
            case OpenedKind.CrossedRatchetToAnswer:
                // The answer goes out in the place of whatever is held back, and ends that.
                KeyExchanges = (KeyExchanges.Asked, KeyExchanges.Lost + 1);
                Answer(!fromClient);
                From(!fromClient).IsHeld = false;
                return;
            case OpenedKind.Ratchet or OpenedKind.RatchetToAnswer or OpenedKind.Nothing:
                return;
        }

        if (packet.Kind != OpenedKind.Message) throw new InvalidOperationException($"A {packet.Kind} came out.");
        if (!message.AsSpan().SequenceEqual(sender.Sent.Dequeue())) throw new InvalidOperationException("Another message came out than was due.");
        sender.Received++;
    }

    /// <summary>Delivers everything, then one more message each way, and sees that nothing is missing.</summary>
    public void Settle()
    {
        // Twice, for the answers that the first time asks for.
        for (int round = 0; round < 2; round++) DeliverAll();
        if (!MaySend(client: true) || !MaySend(client: false)) throw new InvalidOperationException("An answer is missing.");
        Send(client: true);
        Send(client: false);
        DeliverAll();

        if (_client.Sent.Count + _server.Sent.Count != 0) throw new InvalidOperationException("Messages were lost.");
    }

    private void DeliverAll()
    {
        foreach (bool client in (bool[])[true, false])
        {
            while (InFlight(client) > 0) Deliver(client);
            Answer(!client);
        }

        while (InFlight(client: true) > 0) Deliver(fromClient: true);
    }

    public void Dispose()
    {
        _client.Channel.Dispose();
        _server.Channel.Dispose();
    }

    private Side From(bool client) => client ? _client : _server;

    private sealed class Side(SealedChannel channel)
    {
        public SealedChannel Channel => channel;

        public Queue<byte[]> Outgoing { get; } = [];

        public Queue<byte[]> Sent { get; } = [];

        public int Received { get; set; }

        /// <summary>It has asked for an asymmetric ratchet and waits for the answer.</summary>
        public bool IsHeld { get; set; }
    }
}
