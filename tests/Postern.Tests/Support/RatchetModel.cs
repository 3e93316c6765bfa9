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

    public RatchetModel(WireClock clock, int seed, bool watchKeys)
    {
        _client = new Side(TestChannels.Sealed(isInitiator: true, clock));
        _server = new Side(TestChannels.Sealed(isInitiator: false, clock));
        _random = new SeededRandom(seed);
        _keyUse = watchKeys ? new KeyUse() : null;
    }

    public int KeyCount => _keyUse?.KeyCount ?? 0;

    public long Ratchets => _client.Channel.RatchetCount;

    public (SealedChannel Client, SealedChannel Server) Channels => (_client.Channel, _server.Channel);

    /// <summary>Packets on their way from this side.</summary>
    public int InFlight(bool client) => From(client).Outgoing.Count;

    public bool CanRatchet(bool client) => From(client).Channel.PendingRatchets < PacketOpener.MaxPending;

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

    /// <summary>Delivers the oldest packet of this side to the other.</summary>
    public void Deliver(bool fromClient)
    {
        Side sender = From(fromClient);
        (OpenedPacket packet, byte[] message) = From(!fromClient).Channel.Receive(sender.Outgoing.Dequeue());
        if (packet.Kind == OpenedKind.Ratchet) return;
        if (packet.Kind != OpenedKind.Message) throw new InvalidOperationException($"A {packet.Kind} came out.");
        if (!message.AsSpan().SequenceEqual(sender.Sent.Dequeue())) throw new InvalidOperationException("Another message came out than was due.");
        sender.Received++;
    }

    /// <summary>Delivers everything, then one more message each way, and sees that nothing is missing.</summary>
    public void Settle()
    {
        for (int round = 0; round < 2; round++)
        {
            foreach (bool client in (bool[])[true, false])
            {
                while (InFlight(client) > 0) Deliver(client);
                if (round == 0) Send(client);
            }
        }

        if (_client.Sent.Count + _server.Sent.Count != 0) throw new InvalidOperationException("Messages were lost.");
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
    }
}
