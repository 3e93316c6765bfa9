namespace Postern.Cli.Status;

/// <summary>How fast channels send and receive: the difference of two looks at them.</summary>
internal sealed class ByteRates
{
    private readonly Dictionary<(int ProcessId, DateTimeOffset Started, long Id), (long Sent, long Received)> _rates = [];

    private ByteRates()
    {
    }

    /// <summary>Of the channels that are in both.</summary>
    public static ByteRates Between(StatusLook former, StatusLook latter)
    {
        ByteRates rates = new();
        double seconds = (latter.Time - former.Time).TotalSeconds;
        if (seconds <= 0) return rates;
        Dictionary<(int, DateTimeOffset, long), ChannelReport> before = [];
        foreach ((ProcessReport process, ChannelReport channel) in Channels(former)) before[Key(process, channel)] = channel;
        foreach ((ProcessReport process, ChannelReport channel) in Channels(latter))
        {
            if (!before.TryGetValue(Key(process, channel), out ChannelReport? earlier)) continue;
            rates._rates[Key(process, channel)] = (PerSecond(channel.BytesSent - earlier.BytesSent), PerSecond(channel.BytesReceived - earlier.BytesReceived));
        }

        return rates;

        long PerSecond(long bytes) => (long)Math.Round(bytes / seconds);
    }

    /// <summary>Bytes a second; null for a channel that was not there before.</summary>
    public (long Sent, long Received)? Of(ProcessReport process, ChannelReport channel) =>
        _rates.TryGetValue(Key(process, channel), out (long Sent, long Received) rate) ? rate : null;

    // Numbers of processes come again.
    private static (int ProcessId, DateTimeOffset Started, long Id) Key(ProcessReport process, ChannelReport channel) => (process.ProcessId, process.Started, channel.Id);

    private static IEnumerable<(ProcessReport Process, ChannelReport Channel)> Channels(StatusLook look) =>
        look.Processes.SelectMany(process => process.Channels.Select(channel => (process, channel)));
}
