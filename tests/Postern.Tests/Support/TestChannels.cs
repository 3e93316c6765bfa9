using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.CompilerServices;
using Postern.Channels;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Qsmp;
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

    /// <summary>Keys of a channel of another protocol, with asymmetric ratchets if both signing keys are given.</summary>
    public static ChannelKeys Keys(bool isInitiator, ChannelProfile profile, Suite suite, KeyExchangeRatchet? keyExchange = null) => new(
        suite, profile, isInitiator, DirectionKeys.Derive(profile.Rcs, profile.RatchetRate, profile.RatchetBlocks, "test"u8, "test"u8, "test"u8))
    {
        KeyExchange = keyExchange,
    };

    /// <summary>Keys of a DUPLEX channel between the two holders of the test keys.</summary>
    public static ChannelKeys DuplexKeys(bool isInitiator, Suite? suite = null)
    {
        suite ??= QsmpSuites.DilithiumS1KyberS1;
        TestKeys keys = TestKeys.For(suite);
        (QsmpPrivateKey own, QsmpPrivateKey peer) = isInitiator ? (keys.Initiator, keys.Responder) : (keys.Responder, keys.Initiator);
        return Keys(
            isInitiator, QsmpProtocol.Duplex, suite, new KeyExchangeRatchet(suite, own.Sign, peer.VerificationKey.ToArray(), Sha3.DigestSize512));
    }

    public static SealedChannel Sealed(bool isInitiator, WireClock clock, int seed = 1) => new(Keys(isInitiator, seed), clock);

    /// <summary>Both ends of a DUPLEX channel over a pipe.</summary>
    public static (SecureChannel Sender, SecureChannel Listener) Duplex(
        DuplexPipe pipe, TimeProvider? clock = null, Func<ChannelContext, ChannelContext>? sender = null, Func<ChannelContext, ChannelContext>? listener = null)
    {
        ChannelContext context = new()
        {
            Clock = ClockOf(clock ?? FakeClock.At("2026-06-01")),
            MayRatchet = true,
            CloseTimeout = TimeSpan.FromSeconds(60),
        };
        return (
            new SecureChannel(DuplexKeys(isInitiator: true), new PacketTransport(pipe.Client), sender?.Invoke(context) ?? context),
            new SecureChannel(DuplexKeys(isInitiator: false), new PacketTransport(pipe.Server), listener?.Invoke(context) ?? context));
    }

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

    /// <summary>An asymmetric ratchet request, or null if there can be none now.</summary>
    public static byte[]? SealKeyExchange(this SealedChannel channel, RandomSource random)
    {
        byte[] packet = new byte[channel.KeyExchangeRequestSize + channel.Overhead];
        return channel.TrySealKeyExchangeRequest(random, packet) ? packet : null;
    }

    /// <summary>The answer that is owed, or null.</summary>
    public static byte[]? SealAnswer(this SealedChannel channel, RandomSource random)
    {
        byte[] packet = new byte[channel.KeyExchangeAnswerSize + channel.Overhead];
        return channel.TrySealKeyExchangeAnswer(random, packet) ? packet : null;
    }

    /// <summary>The cipher that the next packet is sealed with.</summary>
    public static RcsCipher SealingCipher(SealedChannel channel) => CipherOf(SealerOf(channel));

    /// <summary>Every cipher that the channel holds, pending ones included.</summary>
    public static List<RcsCipher> Ciphers(SealedChannel channel)
    {
        PacketOpener opener = OpenerOf(channel);
        List<RcsCipher> ciphers = [SealingCipher(channel), CipherOfEpoch(Field(opener, "_current"))];
        foreach (object epoch in (System.Collections.IEnumerable?)FieldOrNull(opener, "_pending") ?? Array.Empty<object>()) ciphers.Add(CipherOfEpoch(epoch));
        return ciphers;
    }

    /// <summary>What holds an unanswered asymmetric ratchet's secret key.</summary>
    public static KeyExchangeRatchet KeyExchangeOf(SealedChannel channel) => RatchetsOf(channel)!.KeyExchange!;

    private static RcsCipher CipherOfEpoch(object epoch) => (RcsCipher)epoch.GetType().GetProperty("Cipher")!.GetValue(epoch)!;

    private static object Field(object owner, string name) => FieldOrNull(owner, name)!;

    private static object? FieldOrNull(object owner, string name) =>
        owner.GetType().GetField(name, BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(owner);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_sealer")]
    private static extern ref PacketSealer SealerOf(SealedChannel channel);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_ratchets")]
    private static extern ref ChannelRatchets? RatchetsOf(SealedChannel channel);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_opener")]
    private static extern ref PacketOpener OpenerOf(SealedChannel channel);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_cipher")]
    private static extern ref RcsCipher CipherOf(PacketSealer sealer);
}
