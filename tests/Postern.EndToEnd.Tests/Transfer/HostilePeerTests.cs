using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Postern.EndToEnd.Tests.Support;
using Postern.Tunneling;

namespace Postern.EndToEnd.Tests.Transfer;

/// <summary>Messages byte by byte, as docs/wire-extensions.md has them, from a peer that does not keep to them.</summary>
public class HostilePeerTests
{
    private static readonly byte[] Content = Wire.Random(1000);
    private static readonly byte[] Offer = OfferOf("notes.tar", 1000, SHA256.HashData(Content));
    private static readonly byte[] BeginAtZero = [3, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] End = [5];

    [Fact]
    public async Task An_honest_sender_is_understood()
    {
        using TestFolder folder = new();
        await using ChannelPair channels = await ChannelPair.ConnectAsync();
        Task<TransferResult> receiving = new FileReceiver(new FileReceiverOptions { Folder = folder.Root }).ReceiveAsync(channels.Receiver);
        foreach (byte[] message in (byte[][])[Offer, BeginAtZero, [4, .. Content[..1]], [4, .. Content[1..]], End]) await channels.Sender.SendAsync(message);
        byte[] answer = await ReceiveAsync(channels.Sender);
        Assert.Equal([2, 0, 0, 0, 0, 0, 0, 0, 0, .. SHA256.HashData([])], answer);
        Assert.Equal([6], await ReceiveAsync(channels.Sender));
        await channels.Sender.CompleteAsync();
        await receiving.WaitAsync(Wire.Limit);
        Assert.Equal(Content, await File.ReadAllBytesAsync(folder["notes.tar"]));
    }

    public static TheoryData<string, TransferError> BadSenders => new()
    {
        { "garbage", TransferError.ProtocolViolation },
        { "nothing but data", TransferError.ProtocolViolation },
        { "end at once", TransferError.ProtocolViolation },
        { "another magic", TransferError.ProtocolViolation },
        { "another version", TransferError.OtherVersion },
        { "an offer with a tail", TransferError.ProtocolViolation },
        { "a size beyond all files", TransferError.ProtocolViolation },
        { "a size beyond all disks", TransferError.NoSpace },
        { "a time after the calendar", TransferError.ProtocolViolation },
        { "a path", TransferError.NameRefused },
        { "no name", TransferError.NameRefused },
        { "two offers", TransferError.ProtocolViolation },
        { "data without begin", TransferError.ProtocolViolation },
        { "begin elsewhere", TransferError.ProtocolViolation },
        { "begin with a tail", TransferError.ProtocolViolation },
        { "garbage among the data", TransferError.ProtocolViolation },
        { "an answer among the data", TransferError.ProtocolViolation },
        { "empty data", TransferError.ProtocolViolation },
        { "a byte too many", TransferError.ProtocolViolation },
        { "a byte too few", TransferError.ProtocolViolation },
        { "end with a tail", TransferError.ProtocolViolation },
        { "other content", TransferError.DigestMismatch },
        { "malformed failure", TransferError.ProtocolViolation },
    };

    [Theory]
    [MemberData(nameof(BadSenders))]
    public async Task A_sender_that_breaks_the_rules_is_told_so_and_leaves_no_file(string kind, TransferError error)
    {
        byte[] digest = SHA256.HashData(Content);
        byte[] data = [4, .. Content];
        byte[][] messages = kind switch
        {
            "garbage" => [Wire.Random(100)],
            "nothing but data" => [data],
            "end at once" => [End],
            "another magic" => [Changed(Offer, 4, (byte)'X')],
            "another version" => [Changed(Offer, 5, 2)],
            "an offer with a tail" => [[.. Offer, 0]],
            "a size beyond all files" => [OfferOf("notes.tar", ulong.MaxValue, digest)],
            "a size beyond all disks" => [OfferOf("notes.tar", long.MaxValue, digest)],
            "a time after the calendar" => [OfferOf("notes.tar", 1000, digest, ulong.MaxValue)],
            "a path" => [OfferOf("../notes.tar", 1000, digest)],
            "no name" => [OfferOf(string.Empty, 1000, digest)],
            "two offers" => [Offer, Offer],
            "data without begin" => [Offer, data],
            "begin elsewhere" => [Offer, Changed(BeginAtZero, 1, 1)],
            "begin with a tail" => [Offer, [.. BeginAtZero, 0]],
            "garbage among the data" => [Offer, BeginAtZero, data, [99]],
            "an answer among the data" => [Offer, BeginAtZero, [2, .. new byte[40]]],
            "empty data" => [Offer, BeginAtZero, [4]],
            "a byte too many" => [Offer, BeginAtZero, [.. data, 0]],
            "a byte too few" => [Offer, BeginAtZero, data[..^1], End],
            "end with a tail" => [Offer, BeginAtZero, data, [5, 0]],
            "other content" => [Offer, BeginAtZero, Changed(data, 500, (byte)(data[500] ^ 0xFF)), End],
            _ => [Offer, BeginAtZero, [7, 1, 200, 65]],
        };
        using TestFolder folder = new();
        TransferException exception = await ReceiveFromAsync(folder, messages, expectsFailure: true);
        Assert.Equal((error, false), (exception.Error, exception.IsFromPeer));
        Assert.False(File.Exists(folder["notes.tar"]));
        Assert.All(folder.Names, name => Assert.StartsWith(".notes.tar.", name, StringComparison.Ordinal));
        if (error == TransferError.DigestMismatch) Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task An_offer_that_is_cut_short_anywhere_is_refused()
    {
        using TestFolder folder = new();
        for (int size = 1; size < Offer.Length; size += size is > 6 and < 40 ? 11 : 1)
        {
            TransferException exception = await ReceiveFromAsync(folder, [Offer[..size]], expectsFailure: true);
            Assert.Equal(TransferError.ProtocolViolation, exception.Error);
        }

        Assert.Empty(folder.Names);
    }

    [Fact]
    public async Task A_sender_that_falls_silent_is_not_waited_for_for_ever()
    {
        using TestFolder folder = new();
        await using ChannelPair channels = await ChannelPair.ConnectAsync();
        FileReceiverOptions options = new() { Folder = folder.Root, StallTimeout = TimeSpan.FromMilliseconds(100) };
        await channels.Sender.SendAsync(Offer);
        await channels.Sender.SendAsync(BeginAtZero);
        await channels.Sender.SendAsync(new byte[] { 4, Content[0] });
        Task<TransferResult> receiving = new FileReceiver(options).ReceiveAsync(channels.Receiver);
        TransferException exception = await Assert.ThrowsAsync<TransferException>(() => receiving.WaitAsync(Wire.Limit));
        Assert.Equal(TransferError.Stalled, exception.Error);
        Assert.Single(folder.Names);
    }

    public static TheoryData<string> BadReceivers =>
    [
        "garbage", "done at once", "an answer that is cut short", "an answer with a tail", "more than there is", "two answers", "done before the end",
        "a tail after done", "a begin at the end",
    ];

    [Theory]
    [MemberData(nameof(BadReceivers))]
    public async Task A_receiver_that_breaks_the_rules_gets_no_more(string kind)
    {
        byte[] answer = AnswerOf(0, SHA256.HashData([]));
        byte[][] messages = kind switch
        {
            "garbage" => [Wire.Random(100)],
            "done at once" => [[6]],
            "an answer that is cut short" => [answer[..^1]],
            "an answer with a tail" => [[.. answer, 0]],
            "more than there is" => [AnswerOf(3_000_001, new byte[32])],
            "two answers" => [answer, answer],
            "done before the end" => [answer, [6]],
            "a tail after done" => [answer, [6, 0]],
            _ => [answer, BeginAtZero],
        };
        using TransferSetup setup = new(Wire.Random(3_000_000));
        await using ChannelPair channels = await ChannelPair.ConnectAsync();
        using OutgoingFile file = await OutgoingFile.OpenAsync(setup.Source);
        Task<TransferResult> sending = new FileSender().SendAsync(channels.Sender, file);
        foreach (byte[] message in messages) await channels.Receiver.SendAsync(message);
        List<byte[]> received = await ReceiveAllAsync(channels.Receiver);
        await channels.Receiver.CompleteAsync();
        TransferException exception = await Assert.ThrowsAsync<TransferException>(() => sending.WaitAsync(Wire.Limit));
        Assert.Equal((TransferError.ProtocolViolation, false), (exception.Error, exception.IsFromPeer));
        Assert.Equal([7, 1], received[^1][..2]);
    }

    [Fact]
    public async Task A_receiver_with_other_bytes_gets_all_of_them_again()
    {
        using TransferSetup setup = new(Wire.Random(1000));
        await using ChannelPair channels = await ChannelPair.ConnectAsync();
        using OutgoingFile file = await OutgoingFile.OpenAsync(setup.Source);
        Task<TransferResult> sending = new FileSender().SendAsync(channels.Sender, file);
        await channels.Receiver.SendAsync(AnswerOf(400, new byte[32]));
        Assert.Equal(1, (await ReceiveAsync(channels.Receiver))[0]);
        Assert.Equal(BeginAtZero, await ReceiveAsync(channels.Receiver));
        Assert.Equal([4, .. setup.Content], await ReceiveAsync(channels.Receiver));
        Assert.Equal(End, await ReceiveAsync(channels.Receiver));
        await channels.Receiver.SendAsync(new byte[] { 6 });
        await channels.Receiver.CompleteAsync();
        Assert.Equal(0, (await sending.WaitAsync(Wire.Limit)).ResumedFrom);
    }

    [Fact]
    public async Task A_goodbye_in_the_middle_is_a_broken_connection()
    {
        using TransferSetup setup = new(Wire.Random(1000));
        await using ChannelPair channels = await ChannelPair.ConnectAsync();
        using OutgoingFile file = await OutgoingFile.OpenAsync(setup.Source);
        Task<TransferResult> sending = new FileSender().SendAsync(channels.Sender, file);
        await channels.Receiver.CompleteAsync();
        ChannelException exception = await Assert.ThrowsAsync<ChannelException>(() => sending.WaitAsync(Wire.Limit));
        Assert.Equal(ChannelError.ConnectionLost, exception.Error);
    }

    [Theory]
    [InlineData(5, TransferError.NoSpace)]
    [InlineData(200, TransferError.Other)]
    [InlineData(0, TransferError.Other)]
    public async Task The_peers_words_cannot_steer_a_terminal(byte code, TransferError error)
    {
        using TransferSetup setup = new(Wire.Random(1000));
        await using ChannelPair channels = await ChannelPair.ConnectAsync();
        using OutgoingFile file = await OutgoingFile.OpenAsync(setup.Source);
        Task<TransferResult> sending = new FileSender().SendAsync(channels.Sender, file);
        byte[] text = Encoding.UTF8.GetBytes("no\u001b[2J\u202Eroom\n");
        await channels.Receiver.SendAsync((byte[])[7, code, (byte)text.Length, .. text]);
        await channels.Receiver.CompleteAsync();
        TransferException exception = await Assert.ThrowsAsync<TransferException>(() => sending.WaitAsync(Wire.Limit));
        Assert.Equal((error, true), (exception.Error, exception.IsFromPeer));
        Assert.Equal("The peer gave up: no?[2J?room?", exception.Message);
    }

    private static async Task<TransferException> ReceiveFromAsync(TestFolder folder, byte[][] messages, bool expectsFailure)
    {
        await using ChannelPair channels = await ChannelPair.ConnectAsync();
        Task<TransferResult> receiving = new FileReceiver(new FileReceiverOptions { Folder = folder.Root }).ReceiveAsync(channels.Receiver);
        foreach (byte[] message in messages) await channels.Sender.SendAsync(message);
        List<byte[]> answers = await ReceiveAllAsync(channels.Sender);
        await channels.Sender.CompleteAsync();
        TransferException exception = await Assert.ThrowsAsync<TransferException>(() => receiving.WaitAsync(Wire.Limit));
        if (expectsFailure) Assert.Equal([7, (byte)exception.Error], answers[^1][..2]);
        return exception;
    }

    private static async Task<byte[]> ReceiveAsync(SecureChannel channel)
    {
        byte[] buffer = new byte[channel.MaxMessageSize];
        return buffer[..await channel.ReceiveAsync(buffer).AsTask().WaitAsync(Wire.Limit)];
    }

    private static async Task<List<byte[]>> ReceiveAllAsync(SecureChannel channel)
    {
        List<byte[]> messages = [];
        while (await ReceiveAsync(channel) is { Length: > 0 } message) messages.Add(message);
        return messages;
    }

    private static byte[] OfferOf(string name, ulong size, byte[] digest, ulong time = 0)
    {
        byte[] numbers = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(numbers, size);
        BinaryPrimitives.WriteUInt64LittleEndian(numbers.AsSpan(8), time);
        byte[] text = Encoding.UTF8.GetBytes(name);
        return [1, .. "PSFT"u8, 1, .. numbers[..8], .. digest, .. numbers[8..], (byte)text.Length, .. text];
    }

    private static byte[] AnswerOf(ulong offset, byte[] digest)
    {
        byte[] number = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(number, offset);
        return [2, .. number, .. digest];
    }

    private static byte[] Changed(byte[] message, int index, byte value)
    {
        byte[] changed = [.. message];
        changed[index] = value;
        return changed;
    }
}
