using System.Buffers.Binary;
using Postern.Channels;
using Postern.Cryptography;

namespace Postern.Connections;

/// <summary>A policy at work on one channel: draws the limits of each key and says when one is reached. One caller at a time.</summary>
internal sealed class RatchetPlan
{
    private readonly RatchetPolicy _policy;
    private readonly SealedChannel _channel;
    private readonly TimeProvider _clock;
    private long _epoch;
    private double _factor;

    public RatchetPlan(RatchetPolicy policy, SealedChannel channel, TimeProvider clock)
    {
        _policy = policy;
        _channel = channel;
        _clock = clock;
        Draw();
    }

    public RatchetKind Kind => _policy.Kind;

    /// <summary>Tells whether the present key is at its limit. Not while the peer has yet to confirm eight ratchets: later, then.</summary>
    public bool IsDue()
    {
        (long epoch, long since, long packets, long bytes) = _channel.SentUnderKey;
        if (epoch != _epoch)
        {
            _epoch = epoch;
            Draw();
        }

        bool isDue = bytes >= _policy.EveryBytes * _factor
            || packets >= _policy.EveryPackets * _factor
            || (_policy.Every is { } age && _clock.GetElapsedTime(since) >= age * _factor);
        return isDue && _channel.PendingRatchets < PacketOpener.MaxPending;
    }

    // 1 - jitter to 1 + jitter.
    private void Draw()
    {
        Span<byte> random = stackalloc byte[sizeof(uint)];
        RandomSource.System.Fill(random);
        _factor = 1 + (_policy.Jitter * ((2.0 * BinaryPrimitives.ReadUInt32LittleEndian(random) / uint.MaxValue) - 1));
    }
}
