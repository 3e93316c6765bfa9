using System.Collections.Concurrent;
using Postern.Handshakes;
using Postern.Packets;
using Postern.Qsmp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>
/// QSMP §2, §3, §4.1: single bits of every packet, altered on the way: all of SIMPLEX's first set, a spread of the others. With
/// <c>POSTERN_LONG_TESTS</c> all of DUPLEX's first set too.
/// </summary>
public sealed class QsmpHandshakeBitFlipTests
{
    private const int TimeOffset = 13;

    // 2^0 to 2^5 seconds are within the window of 60, 2^6 is not.
    private const int UnnoticedTimeBits = 6;

    public static TheoryData<QsmpMode, byte, int, int> Packets
    {
        get
        {
            TheoryData<QsmpMode, byte, int, int> packets = [];
            bool all = Environment.GetEnvironmentVariable("POSTERN_LONG_TESTS") is not null;
            for (int number = 1; number <= 4; number++) packets.Add(QsmpMode.Simplex, 1, number, 1);
            for (int number = 1; number <= 6; number++) packets.Add(QsmpMode.Duplex, 1, number, all ? 1 : number is 3 or 4 ? 13 : 7);
            for (byte suite = 2; suite <= 3; suite++)
            {
                for (int number = 1; number <= 4; number++) packets.Add(QsmpMode.Simplex, suite, number, 211);
                for (int number = 1; number <= 6; number++) packets.Add(QsmpMode.Duplex, suite, number, 487);
            }

            return packets;
        }
    }

    // The header's bits and those of the last byte always, then every step-th.
    [Theory]
    [MemberData(nameof(Packets))]
    public void An_altered_bit_is_refused_with_its_reason_except_where_nothing_covers_it(QsmpMode mode, byte suiteId, int number, int step)
    {
        HandshakeStage stage = HandshakeStage.Qsmp(mode, QsmpSuites.All[suiteId - 1]);
        byte[] packet = stage.Packets[number - 1];
        int[] bits =
        [
            .. Enumerable.Range(0, packet.Length * 8)
                .Where(bit => bit < PacketHeader.Size * 8 || bit >= (packet.Length - 1) * 8 || bit % step == 0),
        ];
        ConcurrentBag<string> wrong = [];
        Parallel.ForEach(bits, bit =>
        {
            byte[] altered = [.. packet];
            altered[bit / 8] ^= (byte)(1 << (bit % 8));
            using Handshake receiver = stage.ReceiverOf(number);
            if (Check(stage, receiver, altered, number, Expected(mode, stage.Suite, number, bit)) is { } complaint) wrong.Add($"Bit {bit}: {complaint}");
        });
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order(StringComparer.Ordinal).Take(10)));
    }

    private static string? Check(HandshakeStage stage, Handshake receiver, byte[] altered, int number, (ChannelError? Error, byte Code) expected)
    {
        try
        {
            receiver.Read(altered);
        }
        catch (ChannelException exception)
        {
            if (exception.Error != expected.Error) return $"expected {expected.Error}, got {exception.Error}.";
            if (exception.WireCode != expected.Code) return $"expected code 0x{expected.Code:X2}, got 0x{exception.WireCode:X2}.";
            return IsDead(receiver, stage.Packets[number - 1]) ? CheckErased(receiver) : "the genuine packet was still taken afterwards.";
        }

        if (expected.Error is not null) return $"expected {expected.Error}, was taken.";
        return stage.Finish(receiver, number).AsSpan().SequenceEqual(stage.KeyPairs) ? null : "other keys.";
    }

    private static bool IsDead(Handshake receiver, byte[] genuine)
    {
        Assert.Throws<InvalidOperationException>(() => receiver.Next);
        Assert.Throws<InvalidOperationException>(() => receiver.PacketSize);
        Assert.Throws<InvalidOperationException>(receiver.TakeKeys);
        try
        {
            receiver.Read(genuine);
            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }

    private static string? CheckErased(Handshake receiver)
    {
        List<HeldSecret> secrets = Inside.Secrets(receiver);
        receiver.Dispose();
        return secrets.TrueForAll(secret => secret.IsErased) ? null : "a secret is still in memory.";
    }

    // QSMP §4.1: the error, and the code that the peer is told.
    private static (ChannelError? Error, byte Code) Expected(QsmpMode mode, Suite suite, int number, int bit)
    {
        int offset = bit / 8;
        if (offset < PacketHeader.Size) return ExpectedInHeader(mode, number, bit);
        int signedSize = suite.Signature.SignatureSize + (mode == QsmpMode.Simplex ? 32 : 64);
        int contentSize = suite.Kem.CiphertextSize + (number == 3 ? suite.Kem.PublicKeySize : 0);
        (ChannelError, byte) badSignature = (ChannelError.AuthenticationFailed, 0x02);
        return (mode, number) switch
        {
            (_, 1) when offset < 37 => (ChannelError.UnknownIdentity, 0x0F),
            (_, 1) when offset < 71 => (ChannelError.UnknownConfiguration, 0x18),
            (_, 1) => badSignature,
            (_, 2) when offset < PacketHeader.Size + signedSize => badSignature,
            (QsmpMode.Simplex, 2) => (ChannelError.HashMismatch, 0x0A),
            (QsmpMode.Simplex, 3) => (ChannelError.KeyEncapsulationFailed, 0x06),
            (QsmpMode.Simplex, _) => (ChannelError.AuthenticationFailed, 0x02),
            (_, 2) => (ChannelError.HashMismatch, 0x19),
            (_, 3 or 4) when offset >= PacketHeader.Size + contentSize => badSignature,
            (_, 3) => (ChannelError.HashMismatch, 0x0A),
            (_, 4) => (ChannelError.HashMismatch, 0x19),
            _ => (ChannelError.AuthenticationFailed, 0x07),
        };
    }

    private static (ChannelError? Error, byte Code) ExpectedInHeader(QsmpMode mode, int number, int bit)
    {
        (ChannelError error, byte code) = (bit / 8) switch
        {
            0 => (ChannelError.UnexpectedFlag, (byte)0x0D),
            < 5 => (ChannelError.InvalidLength, (byte)0x16),
            < TimeOffset => (ChannelError.OutOfSequence, (byte)0x14),
            _ => (ChannelError.ClockSkew, (byte)0x13),
        };
        bool timely = bit is >= TimeOffset * 8 and < (TimeOffset * 8) + UnnoticedTimeBits;
        if (!timely) return (error, (mode, number) is (QsmpMode.Simplex, 1 or 2 or 4) or (QsmpMode.Duplex, 6) ? (byte)0x14 : code);
        return (mode, number) switch
        {
            (QsmpMode.Simplex, 1 or 3) => (null, (byte)0),
            (QsmpMode.Simplex, 2) => (ChannelError.HashMismatch, (byte)0x0A),
            (QsmpMode.Simplex, _) => (ChannelError.AuthenticationFailed, (byte)0x02),
            (_, 3) => (ChannelError.HashMismatch, (byte)0x0A),
            (_, 1 or 2 or 4) => (ChannelError.HashMismatch, (byte)0x19),
            _ => (ChannelError.AuthenticationFailed, (byte)0x07),
        };
    }
}
