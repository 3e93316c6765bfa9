using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.CompilerServices;
using Postern.Channels;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Qstp;

namespace Postern.Tests.Support;

/// <summary>Established channels without a handshake, from made-up keys, and a look inside them.</summary>
internal static class TestChannels
{
    public static WireClock ClockOf(TimeProvider clock) => new(clock, TimeSpan.Zero, WireClock.DefaultTolerance);

    public static ChannelKeys Keys(bool isInitiator, int seed = 1, ChannelProfile? profile = null)
    {
        Suite suite = QstpSuites.DilithiumS1KyberS1;
        Span<byte> input = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(input, seed);
        return new ChannelKeys(
            suite,
            profile ??= QstpProtocol.Channel,
            isInitiator,
            DirectionKeys.Derive(profile.Rcs, KeccakRate.Bits256, 1, "test"u8, "test"u8, input));
    }

    public static SealedChannel Sealed(bool isInitiator, WireClock clock, int seed = 1) => new(Keys(isInitiator, seed), clock);

    /// <summary>Client and server over a pipe.</summary>
    public static (SecureChannel Client, SecureChannel Server) Secure(DuplexPipe pipe, bool mayClientRatchet = true, TimeSpan? closeTimeout = null)
    {
        WireClock clock = ClockOf(FakeClock.At("2026-06-01"));
        return (
            Secure(isInitiator: true, pipe.Client, clock, mayClientRatchet, closeTimeout),
            Secure(isInitiator: false, pipe.Server, clock, mayRatchet: true, closeTimeout));
    }

    public static SecureChannel Secure(
        bool isInitiator, Stream stream, WireClock clock, bool mayRatchet = true, TimeSpan? closeTimeout = null) =>
        new(Keys(isInitiator), new PacketTransport(stream), new ChannelContext
        {
            Clock = clock,
            MayRatchet = mayRatchet,
            CloseTimeout = closeTimeout ?? TimeSpan.FromSeconds(60),
        });

    public static byte[] Seal(this SealedChannel channel, ReadOnlySpan<byte> message)
    {
        byte[] packet = new byte[message.Length + channel.Overhead];
        channel.SealMessage(message, packet);
        return packet;
    }

    public static byte[] SealRatchet(this SealedChannel channel, RandomSource random)
    {
        byte[] packet = new byte[ChannelProfile.RatchetTokenSize + channel.Overhead];
        channel.SealRatchetRequest(random, packet);
        return packet;
    }

    public static byte[] SealGoodbye(this SealedChannel channel, byte code = 0)
    {
        byte[] packet = new byte[1 + channel.Overhead];
        channel.SealGoodbye(code, packet);
        return packet;
    }

    /// <summary>Header and body, as a connection gives them to the channel.</summary>
    public static (OpenedPacket Packet, byte[] Message) Receive(this SealedChannel channel, ReadOnlySpan<byte> packet)
    {
        byte[] message = new byte[channel.CheckHeader(PacketHeader.Read(packet))];
        return (channel.Open(packet, message), message);
    }

    /// <summary>The cipher that the next packet is sealed with.</summary>
    public static RcsCipher SealingCipher(SealedChannel channel) => CipherOf(SealerOf(channel));

    /// <summary>Every cipher that the channel holds, pending ones included.</summary>
    public static List<RcsCipher> Ciphers(SealedChannel channel)
    {
        PacketOpener opener = OpenerOf(channel);
        List<RcsCipher> ciphers = [SealingCipher(channel), CipherOfEpoch(Field(opener, "_current"))];
        foreach (object epoch in (System.Collections.IEnumerable)Field(opener, "_pending")) ciphers.Add(CipherOfEpoch(epoch));
        return ciphers;
    }

    private static RcsCipher CipherOfEpoch(object epoch) => (RcsCipher)epoch.GetType().GetProperty("Cipher")!.GetValue(epoch)!;

    private static object Field(object owner, string name) =>
        owner.GetType().GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(owner)!;

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_sealer")]
    private static extern ref PacketSealer SealerOf(SealedChannel channel);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_opener")]
    private static extern ref PacketOpener OpenerOf(SealedChannel channel);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_cipher")]
    private static extern ref RcsCipher CipherOf(PacketSealer sealer);
}
