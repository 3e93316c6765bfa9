using Postern.EndToEnd.Tests.Support;
using Postern.Tunneling;

namespace Postern.EndToEnd.Tests.Transfer;

public class FileTransferTests
{
    // A DATA message of a DUPLEX channel: 65,472 bytes less the type.
    private const int Chunk = 65_471;

    private const int ErrorDiskFull = 28;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Chunk - 1)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    [InlineData(2 * Chunk)]
    [InlineData(5_000_000)]
    public async Task A_file_arrives_as_it_is(int size)
    {
        using TransferSetup setup = new(Wire.Random(size));
        DateTime modified = new(2020, 2, 29, 12, 34, 56, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(setup.Source, modified);
        TransferResult result = await setup.RunAsync();
        Assert.Equal(0, result.ResumedFrom);
        Assert.Equal(modified, File.GetLastWriteTimeUtc(setup.Target));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(setup.Target));
    }

    [Fact]
    public async Task The_largest_message_is_what_these_tests_assume()
    {
        await using ChannelPair channels = await ChannelPair.ConnectAsync();
        Assert.Equal(Chunk, channels.Sender.MaxMessageSize - 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Chunk - 1)]
    [InlineData(Chunk)]
    [InlineData(Chunk + 1)]
    [InlineData(299_999)]
    [InlineData(300_000)]
    public async Task It_goes_on_with_what_is_there(int there)
    {
        using TransferSetup setup = new(Wire.Random(300_000));
        setup.WritePart(setup.Content[..there]);
        TransferResult result = await setup.RunAsync();
        Assert.Equal(there, result.ResumedFrom);
    }

    [Fact]
    public async Task An_empty_part_is_the_same_as_none()
    {
        using TransferSetup setup = new(Wire.Random(1000));
        setup.WritePart([]);
        Assert.Equal(0, (await setup.RunAsync()).ResumedFrom);
    }

    public static TheoryData<string> BrokenParts => ["torn tail", "another start", "whole, one bit changed", "too long"];

    [Theory]
    [MemberData(nameof(BrokenParts))]
    public async Task A_part_that_is_not_the_files_start_is_sent_again(string kind)
    {
        using TransferSetup setup = new(Wire.Random(300_000));
        byte[] part = [.. setup.Content];
        switch (kind)
        {
            case "torn tail":
                Array.Clear(part, 190_000, 10_000);
                Array.Resize(ref part, 200_000);
                break;
            case "another start":
                part = Wire.Random(200_000, seed: 2);
                break;
            case "whole, one bit changed":
                part[150_000] ^= 1;
                break;
            default:
                Array.Resize(ref part, 300_001);
                break;
        }

        setup.WritePart(part);
        Assert.Equal(0, (await setup.RunAsync()).ResumedFrom);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task After_a_broken_connection_the_rest_is_sent(bool senderGoes)
    {
        using TransferSetup setup = new(Wire.Random(4_000_000));
        await using (ChannelPair channels = await ChannelPair.ConnectAsync())
        {
            using OutgoingFile file = await OutgoingFile.OpenAsync(setup.Source);
            BreakingPoint point = new(1_000_000, senderGoes ? channels.Sender : channels.Receiver);
            Task receiving = new FileReceiver(setup.Options).ReceiveAsync(channels.Receiver, senderGoes ? null : point);
            Task sending = new FileSender().SendAsync(channels.Sender, file, senderGoes ? point : null);
            await Assert.ThrowsAsync<ChannelException>(() => sending.WaitAsync(Wire.Limit));
            await Assert.ThrowsAsync<ChannelException>(() => receiving.WaitAsync(Wire.Limit));
        }

        long there = new FileInfo(setup.Part).Length;
        Assert.InRange(there, senderGoes ? 1 : 900_000, 3_999_999);
        Assert.Equal(there, (await setup.RunAsync()).ResumedFrom);
    }

    [Fact]
    public async Task A_cancelled_transfer_keeps_what_has_arrived()
    {
        using TransferSetup setup = new(Wire.Random(4_000_000));
        using CancellationTokenSource cancel = new();
        await using (ChannelPair channels = await ChannelPair.ConnectAsync())
        {
            using OutgoingFile file = await OutgoingFile.OpenAsync(setup.Source);
            CancellingPoint point = new(1_000_000, cancel);
            Task receiving = new FileReceiver(setup.Options).ReceiveAsync(channels.Receiver, point, cancel.Token);
            Task sending = new FileSender().SendAsync(channels.Sender, file);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving.WaitAsync(Wire.Limit));
            await channels.Receiver.DisposeAsync();
            await Assert.ThrowsAsync<ChannelException>(() => sending.WaitAsync(Wire.Limit));
        }

        Assert.InRange((await setup.RunAsync()).ResumedFrom, 900_000, 3_999_999);
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("shorter")]
    [InlineData("longer")]
    public async Task A_file_that_changes_meanwhile_is_not_taken(string how)
    {
        using TransferSetup setup = new(Wire.Random(300_000));
        await setup.FailAsync(TransferError.SourceChanged, tells: false, () =>
        {
            using FileStream stream = new(setup.Source, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            if (how == "shorter") stream.SetLength(200_000);
            stream.Seek(how == "longer" ? 300_000 : 100_000, SeekOrigin.Begin);
            stream.WriteByte((byte)(setup.Content[100_000] ^ 0xFF));
        });
        Assert.Empty(setup.Names);
    }

    [Fact]
    public async Task Another_file_of_that_name_stays_unless_it_may_be_replaced()
    {
        using TransferSetup setup = new(Wire.Random(1000));
        byte[] other = Wire.Random(1000, seed: 2);
        setup.WriteTarget(other);
        await setup.FailAsync(TransferError.TargetExists, tells: true);
        Assert.Equal(other, await File.ReadAllBytesAsync(setup.Target));
        Assert.Equal([TransferSetup.Name], setup.Names);

        setup.Options = setup.Options with { Overwrites = true };
        await setup.RunAsync();
    }

    [Fact]
    public async Task A_refusal_keeps_the_part_that_is_there()
    {
        using TransferSetup setup = new(Wire.Random(1000));
        setup.WritePart(setup.Content[..500]);
        setup.WriteTarget([1]);
        await setup.FailAsync(TransferError.TargetExists, tells: true);
        File.Delete(setup.Target);
        Assert.Equal(500, (await setup.RunAsync()).ResumedFrom);
    }

    [Fact]
    public async Task A_file_that_is_there_already_is_not_sent_again()
    {
        using TransferSetup setup = new(Wire.Random(100_000));
        await setup.RunAsync();
        setup.WritePart([1, 2, 3]);
        Assert.Equal(100_000, (await setup.RunAsync()).ResumedFrom);
    }

    [Theory]
    [InlineData("folder")]
    [InlineData("link")]
    [InlineData("dangling link")]
    public async Task What_is_no_file_is_never_replaced(string what)
    {
        using TransferSetup setup = new(Wire.Random(1000));
        using TestFolder elsewhere = new();
        string victim = elsewhere["victim"];
        if (what == "link") elsewhere.Write("victim", [1]);
        if (what == "folder") Directory.CreateDirectory(setup.Target);
        else File.CreateSymbolicLink(setup.Target, victim);
        setup.Options = setup.Options with { Overwrites = true };
        await setup.FailAsync(TransferError.TargetExists, tells: true);
        Assert.Equal(what == "link", File.Exists(victim));
        Assert.Equal([TransferSetup.Name], setup.Names);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_link_in_the_parts_place_is_not_followed(bool dangles)
    {
        using TransferSetup setup = new(Wire.Random(1000));
        using TestFolder elsewhere = new();
        string victim = elsewhere["victim"];
        if (!dangles) elsewhere.Write("victim", [1]);
        File.CreateSymbolicLink(setup.Part, victim);
        await setup.FailAsync(TransferError.CannotWrite, tells: true);
        if (dangles) Assert.False(File.Exists(victim));
        else Assert.Equal([1], await File.ReadAllBytesAsync(victim));
    }

    [Fact]
    public async Task The_same_file_a_second_time_at_once_is_refused()
    {
        using TransferSetup setup = new(Wire.Random(1000));
        using (new FileStream(setup.Part, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
        {
            await setup.FailAsync(TransferError.Busy, tells: true);
        }

        await setup.RunAsync();
    }

    [Fact]
    public async Task A_file_that_does_not_fit_is_refused_before_it_is_sent()
    {
        using TransferSetup setup = new(Wire.Random(1000));
        setup.WritePart(setup.Content[..400]);
        setup.Options = setup.Options with { FreeSpaceOf = _ => 599 };
        await setup.FailAsync(TransferError.NoSpace, tells: true);
        setup.Options = setup.Options with { FreeSpaceOf = _ => 600 };
        Assert.Equal(400, (await setup.RunAsync()).ResumedFrom);
    }

    [Fact]
    public async Task A_disk_that_becomes_full_ends_the_transfer_and_keeps_what_is_there()
    {
        using TransferSetup setup = new(Wire.Random(3_000_000));
        FileReceiverOptions usual = setup.Options;
        setup.Options = usual with
        {
            Writing = position =>
            {
                if (position > 1_000_000) throw new IOException("No space left on device", ErrorDiskFull);
            },
        };
        await setup.FailAsync(TransferError.NoSpace, tells: true);
        long there = new FileInfo(setup.Part).Length;
        Assert.InRange(there, 1_000_001, 1_000_000 + Chunk);
        setup.Options = usual;
        Assert.Equal(there, (await setup.RunAsync()).ResumedFrom);
    }

    [Fact]
    public async Task A_file_above_the_limit_is_refused()
    {
        using TransferSetup setup = new(Wire.Random(1000));
        setup.Options = setup.Options with { MaxSize = 999 };
        await setup.FailAsync(TransferError.TooLarge, tells: true);
        Assert.Empty(setup.Names);
        setup.Options = setup.Options with { MaxSize = 1000 };
        await setup.RunAsync();
    }

    [Fact]
    public async Task A_folder_that_is_gone_is_an_error_that_does_not_say_where_it_was()
    {
        using TransferSetup setup = new(Wire.Random(1000));
        string missing = Path.Combine(setup.Options.Folder, "missing");
        await using ChannelPair channels = await ChannelPair.ConnectAsync();
        using OutgoingFile file = await OutgoingFile.OpenAsync(setup.Source);
        Task receiving = new FileReceiver(new FileReceiverOptions { Folder = missing }).ReceiveAsync(channels.Receiver);
        TransferException atSender = await Assert.ThrowsAsync<TransferException>(
            () => new FileSender().SendAsync(channels.Sender, file).WaitAsync(Wire.Limit));
        Assert.Equal(TransferError.CannotWrite, atSender.Error);
        Assert.DoesNotContain(missing, atSender.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TransferException>(() => receiving.WaitAsync(Wire.Limit));
    }

    [Fact]
    public async Task A_long_name_leaves_room_for_the_parts_own()
    {
        using TransferSetup setup = new(Wire.Random(1000));
        string name = string.Concat(Enumerable.Repeat("ü", 127));
        await using ChannelPair channels = await ChannelPair.ConnectAsync();
        using OutgoingFile file = await OutgoingFile.OpenAsync(setup.Source, name);
        Task<TransferResult> receiving = new FileReceiver(setup.Options).ReceiveAsync(channels.Receiver);
        await new FileSender().SendAsync(channels.Sender, file).WaitAsync(Wire.Limit);
        Assert.Equal(name, Path.GetFileName((await receiving.WaitAsync(Wire.Limit)).Path));
    }

    /// <summary>Breaks the connection off when so many bytes went over it.</summary>
    private sealed class BreakingPoint(long position, SecureChannel channel) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value)
        {
            if (value.Phase == TransferPhase.Moving && value.Done >= position) _ = channel.AbortAsync().AsTask();
        }
    }

    private sealed class CancellingPoint(long position, CancellationTokenSource source) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value)
        {
            if (value.Phase == TransferPhase.Moving && value.Done >= position) source.Cancel();
        }
    }
}
