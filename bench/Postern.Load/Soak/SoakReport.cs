using System.Text.Encodings.Web;
using System.Text.Json;

namespace Postern.Load.Soak;

/// <summary>What a soak found, for readers and for programs.</summary>
internal static class SoakReport
{
    private const double MB = 1e6;

    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void WriteTable(TextWriter output, IReadOnlyList<PairResult> pairs)
    {
        output.WriteLine("medians of the second and the last quarter; descriptors with nobody there, before and after");
        output.WriteLine("process                    resident MB      heap MB        threads    descriptors   idle        grown");
        foreach (ProcessResult process in pairs.SelectMany(pair => pair.Processes))
        {
            string grown = string.Join(", ", process.Grown);
            output.WriteLine(
                $"{process.Name,-25} {Show(process.Resident, MB),-14} {Show(process.Heap, MB),-14} {Show(process.Threads, 1),-10} {Show(process.Descriptors, 1),-13} " +
                $"{$"{process.IdleBefore} → {process.IdleAfter}",-11} {(grown.Length > 0 ? grown : "no")}");
        }

        output.WriteLine();
        output.WriteLine("pair              complete      left    cut   MB compared   ratchets   reloads, refused   restarts of the service");
        foreach (PairResult pair in pairs)
        {
            SoakTally did = pair.Did;
            output.WriteLine(
                $"{pair.Name,-16} {did.Exchanged,9} {did.Left,9} {did.Cut,6} {did.Bytes / MB,13:0} {pair.Ratchets,10} {$"{did.Reloads}, {did.RefusedReloads}",18} {did.Restarts,11}");
        }

        foreach (PairResult pair in pairs)
        {
            foreach (string complaint in pair.Did.Complaints) output.WriteLine($"WRONG: {pair.Name}: {complaint}");
        }
    }

    public static void WriteJson(TextWriter output, TimeSpan duration, IReadOnlyList<PairResult> pairs) =>
        output.WriteLine(JsonSerializer.Serialize(new { duration.TotalSeconds, Passed = pairs.All(pair => pair.Passed), Pairs = pairs }, Indented));

    private static string Show(Growth growth, double unit)
    {
        string format = unit > 1 ? "0.0" : "0";
        return $"{(growth.Second / unit).ToString(format)} → {(growth.Last / unit).ToString(format)}";
    }
}
