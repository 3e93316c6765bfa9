using System.Diagnostics;
using System.Text.Json;
using Postern.Cli.Inspection;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp;

namespace Postern.EndToEnd.Tests.Inspection;

/// <summary><c>postern inspect</c> over captures in pcapng.</summary>
public sealed class CaptureBlocksTests
{
    private const int Port = 45999;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_capture_in_pcapng_is_explained_as_the_same_in_the_classic_format(bool bigEndian)
    {
        byte[] classic = await RecordAsync();
        Assert.Equal(Explain(classic), Explain(CaptureBlockWriter.Convert(classic, bigEndian)));
    }

    [Fact]
    public async Task Frames_without_a_time_are_explained_without()
    {
        byte[] classic = await RecordAsync();
        StreamReport stream = Assert.Single(InspectionRun.Run(CaptureBlockWriter.Convert(classic, bigEndian: false, simple: true), forced: null));
        Assert.Equal(Assert.Single(InspectionRun.Run(classic, forced: null)).Packets.Count, stream.Packets.Count);
        Assert.All(stream.Packets, packet => Assert.Null(packet.CapturedAt));
        Assert.All(stream.Packets, packet => Assert.Empty(packet.Problems));
    }

    [Fact]
    public async Task What_Wireshark_writes_is_read()
    {
        Assert.SkipWhen(!File.Exists("/usr/bin/editcap"), "editcap is needed: .ci/install installs it.");
        using TestFolder folder = new();
        byte[] classic = await RecordAsync();
        string input = folder.Write("in.pcap", classic);
        using Process process = Process.Start("/usr/bin/editcap", ["-F", "pcapng", input, folder["out.pcapng"]]);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0, process.ExitCode);
        byte[] file = await File.ReadAllBytesAsync(folder["out.pcapng"], TestContext.Current.CancellationToken);
        Assert.Equal(Explain(classic), Explain(file));
        CommandResult result = await new CommandHost { Input = file }.RunAsync("inspect", "-");
        result.Expect(0);
        Assert.Contains(QstpProtocol.Name, result.Output, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(4, 13)]
    [InlineData(8, 0)]
    public async Task A_size_or_byte_order_that_cannot_be_is_refused(int offset, byte value)
    {
        byte[] file = CaptureBlockWriter.Convert(await RecordAsync(), bigEndian: false);
        file[offset] = value;
        Assert.Throws<FormatException>(() => InspectionRun.Run(file, forced: null));
    }

    [Fact]
    public async Task A_file_that_is_cut_off_or_flipped_anywhere_is_explained_or_refused()
    {
        byte[] file = CaptureBlockWriter.Convert(await RecordAsync(), bigEndian: false);
        Random random = new(1);
        int explained = 0;
        for (int round = 0; round < 2000; round++)
        {
            byte[] changed = file[..(round % 4 == 0 ? random.Next(file.Length) : file.Length)];
            for (int flips = random.Next(1, 5); flips > 0 && changed.Length > 0; flips--) changed[random.Next(round % 2 == 0 ? Math.Min(changed.Length, 300) : changed.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                explained += InspectionRun.Run(changed, forced: null).Any(stream => stream.Packets.Count > 0) ? 1 : 0;
            }
            catch (FormatException exception)
            {
                Assert.NotEmpty(exception.Message);
            }
        }

        Assert.InRange(explained, 1000, int.MaxValue);
    }

    private static async Task<byte[]> RecordAsync() =>
        new CaptureWriter { SegmentSize = 700 }.Add(40000, Port, await RecordedTunnel.OfAsync(QstpProtocol.Name)).File;

    private static string Explain(byte[] file) => JsonSerializer.Serialize(InspectionRun.Run(file, forced: null));
}
