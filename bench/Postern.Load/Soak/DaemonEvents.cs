using System.Collections.Concurrent;
using System.Text.Json;

namespace Postern.Load.Soak;

/// <summary>What a process of the command writes to its log, one JSON object a line: how often each event was, and which of them should not have been.</summary>
internal sealed class DaemonEvents(SoakTally tally, string process)
{
    private const int NoTunnel = 203;
    private const int TunnelWaits = 221;
    private const int TunnelEnded = 226;
    private const int NotReloaded = 252;

    private readonly ConcurrentDictionary<int, int> _counts = new();
    private readonly ConcurrentDictionary<int, string> _last = new();

    /// <summary>How often an event was.</summary>
    public int Count(int id) => _counts.GetValueOrDefault(id);

    /// <summary>Its last message.</summary>
    public string? Last(int id) => _last.GetValueOrDefault(id);

    /// <summary>Reads to the end, which is the process's.</summary>
    public async Task ReadAsync(TextReader log)
    {
        while (await log.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith('{'))
            {
                tally.Complain($"{process} wrote: {line}");
                continue;
            }

            using JsonDocument document = JsonDocument.Parse(line);
            int id = document.RootElement.GetProperty("event").GetInt32();
            _last[id] = document.RootElement.GetProperty("message").GetString()!;
            _counts.AddOrUpdate(id, 1, static (_, before) => before + 1);
            if (IsWrong(id, document.RootElement.GetProperty("level").GetString()!)) tally.Complain($"{process} logged: {line}");
        }
    }

    // A broken certificate is what the soak itself brings about; that a tunnel is refused or breaks is not.
    private static bool IsWrong(int id, string level) => id is NoTunnel or TunnelWaits or TunnelEnded || (level is "error" or "fatal" && id != NotReloaded);
}
