using System.Globalization;
using Postern.Cli.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Postern.Cli.Status;

/// <summary>Running processes for people: lines, and a table of channels for each.</summary>
internal static class StatusView
{
    private static readonly string[] Columns =
        ["id", "remote", "peer", "as", "set", "since", "idle s", "sent", "received", "epoch", "ratchets", "key since", "under key", "clock"];

    /// <summary>Process after process.</summary>
    /// <param name="processes">The processes.</param>
    /// <param name="rates">Adds how fast each channel is.</param>
    public static IEnumerable<IRenderable> Of(IReadOnlyList<ProcessReport> processes, ByteRates? rates = null)
    {
        foreach (ProcessReport process in processes)
        {
            yield return Line(Heading(process));
            if (process.Revocation is { } revocation) yield return Line($"  {revocation.ToLine()}");
            foreach (RevocationReport further in process.FurtherRevocation) yield return Line($"  {further.ToLine()}");
            if (process.Channels.Count > 0) yield return Channels(process, rates);
        }
    }

    /// <summary>A line as it is: nothing in it is markup, or steers the terminal.</summary>
    public static IRenderable Line(string text) => new Text(CommandTerminal.Printable(text));

    private static string Heading(ProcessReport process)
    {
        string listening = process.Listening is null ? string.Empty : $" on {process.Listening}";
        return $"{process.ProcessId} postern {process.Command}{listening}, since {Date(process.Started)}: {process.Channels.Count} {(process.Channels.Count == 1 ? "channel" : "channels")}";
    }

    private static Table Channels(ProcessReport process, ByteRates? rates)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns(Columns);
        if (rates is not null) table.AddColumns("sent/s", "received/s");
        foreach (ChannelReport channel in process.Channels)
        {
            List<string> cells =
            [
                $"{channel.Id}",
                Cell(channel.Remote),
                Cell(Short(channel.PeerFingerprint ?? channel.Peer)),
                Cell(Short(channel.As)),
                Cell(channel.Cipher == ChannelCipher.Rcs ? channel.Suite : $"{channel.Suite}, {channel.Cipher}"),
                Date(channel.Established),
                $"{channel.IdleSeconds:0}",
                $"{channel.BytesSent}",
                $"{channel.BytesReceived}",
                $"{channel.Epoch}",
                $"{channel.Ratchets}",
                Date(channel.KeySince),
                $"{channel.BytesSentUnderKey}",
                channel.PeerClockOffsetSeconds is { } offset ? $"{offset:+0;-0;0} s" : string.Empty,
            ];
            if (rates is not null) cells.AddRange(rates.Of(process, channel) is { } rate ? [$"{rate.Sent}", $"{rate.Received}"] : ["", ""]);
            table.AddRow([.. cells]);
        }

        return table;
    }

    private static string? Short(string? digits) => digits is { Length: > 16 } ? digits[..16] : digits;

    private static string Cell(string? text) => Markup.Escape(CommandTerminal.Printable(text ?? string.Empty));

    private static string Date(DateTimeOffset date) => date.ToString("u", CultureInfo.InvariantCulture);
}
