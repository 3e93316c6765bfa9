using System.Collections.Concurrent;
using Postern.Handshakes;
using Postern.Packets;
using Postern.Qstp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>QSTP §6: each single bit of the four packets, altered on its way.</summary>
public sealed class HandshakeBitFlipTests
{
    private const int TimeOffset = 13;

    // 2^0 to 2^5 seconds are within the window of 60, 2^6 is not.
    private const int UnnoticedTimeBits = 6;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Every_altered_bit_is_refused_with_its_reason_except_those_that_nothing_covers(int number) =>
        FlipBits(QstpSuites.DilithiumS1KyberS1, number, step: 1);

    [Theory]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    [InlineData(2, 3)]
    [InlineData(2, 4)]
    [InlineData(3, 1)]
    [InlineData(3, 2)]
    [InlineData(3, 3)]
    [InlineData(3, 4)]
    public void Sampled_bits_are_refused_in_the_larger_sets_too(byte suiteId, int number) =>
        FlipBits(QstpSuites.FromId(suiteId)!, number, step: number % 2 == 0 || suiteId == 1 ? 37 : 13);

    // The header's 168 bits always, then every step-th.
    private static void FlipBits(Suite suite, int number, int step)
    {
        HandshakeStage stage = new(suite);
        byte[] packet = stage.Packets[number - 1];
        int[] bits = [.. Enumerable.Range(0, packet.Length * 8).Where(bit => bit < PacketHeader.Size * 8 || bit % step == 0)];
        ConcurrentBag<string> wrong = [];
        Parallel.ForEach(bits, bit =>
        {
            byte[] altered = [.. packet];
            altered[bit / 8] ^= (byte)(1 << (bit % 8));
            (ChannelError? error, byte code) = Expected(suite, number, bit);
            using Handshake receiver = stage.ReceiverOf(number);
            (ChannelError? actual, byte? actualCode) = Read(receiver, altered);
            if (actual != error) wrong.Add($"Bit {bit}: expected {error}, got {actual}.");
            if (error is null)
            {
                if (!stage.Finish(receiver, number).AsSpan().SequenceEqual(stage.KeyPairs)) wrong.Add($"Bit {bit}: other keys.");
                return;
            }

            if (actualCode != code) wrong.Add($"Bit {bit}: expected code 0x{code:X2}, got 0x{actualCode:X2}.");
            if (!IsDead(receiver, packet)) wrong.Add($"Bit {bit}: the genuine packet was still taken afterwards.");
        });
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order(StringComparer.Ordinal).Take(10)));
    }

    private static (ChannelError? Error, byte? Code) Read(Handshake receiver, byte[] packet)
    {
        try
        {
            receiver.Read(packet);
            return (null, null);
        }
        catch (ChannelException exception)
        {
            return (exception.Error, exception.WireCode);
        }
    }

    private static bool IsDead(Handshake receiver, byte[] genuine)
    {
        Assert.Throws<InvalidOperationException>(() => receiver.Next);
        Assert.Throws<InvalidOperationException>(() => receiver.PacketSize);
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

    // QSTP §6.6 and §6.7: the error, and the code that the peer is told.
    private static (ChannelError? Error, byte Code) Expected(Suite suite, int number, int bit)
    {
        int offset = bit / 8;
        return offset < PacketHeader.Size ? ExpectedInHeader(number, bit) : number switch
        {
            1 when offset < 37 => (ChannelError.UnknownIdentity, 0x0F),
            1 when offset < 78 => (ChannelError.UnknownConfiguration, 0x19),
            1 => (null, 0),
            2 when offset < 53 + suite.Signature.SignatureSize => (ChannelError.AuthenticationFailed, 0x02),
            2 => (ChannelError.HashMismatch, 0x1A),
            3 => (ChannelError.KeyEncapsulationFailed, 0x06),
            _ => (ChannelError.AuthenticationFailed, 0x02),
        };
    }

    private static (ChannelError? Error, byte Code) ExpectedInHeader(int number, int bit)
    {
        (ChannelError error, byte code) = (bit / 8) switch
        {
            0 => (ChannelError.UnexpectedFlag, (byte)0x0D),
            < 5 => (ChannelError.InvalidLength, (byte)0x16),
            < TimeOffset => (ChannelError.OutOfSequence, (byte)0x14),
            _ => (ChannelError.ClockSkew, (byte)0x13),
        };
        bool timely = bit is >= TimeOffset * 8 and < (TimeOffset * 8) + UnnoticedTimeBits;
        if (timely) return number == 2 ? (ChannelError.HashMismatch, (byte)0x1A) : (null, (byte)0);
        // Only the server tells the third packet's header failures apart.
        return (error, number == 3 ? code : (byte)0x14);
    }
}
