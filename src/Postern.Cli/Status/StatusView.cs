using System.Globalization;
using Postern.Cli.Terminal;
using Postern.Packets;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Postern.Cli.Status;

/// <summary>Running processes for people: lines, and a table of channels for each.</summary>
internal static class StatusView
{
    /// <summary>What a table with every column needs.</summary>
    public const int WholeWidth = 200;

    // Those that a narrow terminal has room for come first.
    private static readonly string[] Columns =
        ["id", "remote", "peer", "idle s", "sent", "received", "ratchets", "as", "set", "since", "epoch", "key since", "under key", "clock"];

    private const int NarrowColumns = 7;

    /// <summary>Process after process.</summary>
    /// <param name="processes">The processes.</param>
    /// <param name="width">Characters in a line: where there are few, the columns that matter most.</param>
    /// <param name="rates">Adds how fast each channel is.</param>
    public static IEnumerable<IRenderable> Of(IReadOnlyList<ProcessReport> processes, int width, ByteRates? rates = null)
    {
        int columns = width < WholeWidth ? NarrowColumns : Columns.Length;
        foreach (ProcessReport process in processes)
        {
            yield return Line(Heading(process));
            if (process.Revocation is { } revocation) yield return Line($"  {revocation.ToLine()}");
            foreach (RevocationReport further in process.FurtherRevocation) yield return Line($"  {further.ToLine()}");
            if (process.Channels.Count > 0) yield return Channels(process, columns, rates);
        }
    }

    /// <summary>A line as it is: nothing in it is markup, or steers the terminal.</summary>
    public static IRenderable Line(string text) => new Text(ForeignText.Printable(text));

    private static string Heading(ProcessReport process)
    {
        string listening = process.Listening is null ? string.Empty : $" on {process.Listening}";
        return $"{process.ProcessId} postern {process.Command}{listening}, since {Date(process.Started)}: {process.Channels.Count} {(process.Channels.Count == 1 ? "channel" : "channels")}";
    }

    private static Table Channels(ProcessReport process, int columns, ByteRates? rates)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns(Columns[..columns]);
        if (rates is not null) table.AddColumns("sent/s", "received/s");
        foreach (ChannelReport channel in process.Channels)
        {
            List<string> cells =
            [
                $"{channel.Id}",
                Cell(channel.Remote),
                Cell(Short(channel.PeerFingerprint ?? channel.Peer)),
                $"{channel.IdleSeconds:0}",
                $"{channel.BytesSent}",
                $"{channel.BytesReceived}",
                $"{channel.Ratchets}",
                Cell(Short(channel.As)),
                Cell(channel.Cipher == ChannelCipher.Rcs ? channel.Suite : $"{channel.Suite}, {channel.Cipher}"),
                Date(channel.Established),
                $"{channel.Epoch}",
                Date(channel.KeySince),
                $"{channel.BytesSentUnderKey}",
                channel.PeerClockOffsetSeconds is { } offset ? $"{offset:+0;-0;0} s" : string.Empty,
            ];
            cells.RemoveRange(columns, cells.Count - columns);
            if (rates is not null) cells.AddRange(rates.Of(process, channel) is { } rate ? [$"{rate.Sent}", $"{rate.Received}"] : ["", ""]);
            table.AddRow([.. cells]);
        }

        return table;
    }

    private static string? Short(string? digits) => digits is { Length: > 16 } ? digits[..16] : digits;

    private static string Cell(string? text) => Markup.Escape(ForeignText.Printable(text ?? string.Empty));

    private static string Date(DateTimeOffset date) => date.ToString("u", CultureInfo.InvariantCulture);
}
