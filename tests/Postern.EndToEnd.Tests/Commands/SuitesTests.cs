using System.Text.Json;
using Postern.Cli.Commands;
using Postern.EndToEnd.Tests.Support;
using Postern.Qsmp;
using Postern.Qstp;

namespace Postern.EndToEnd.Tests.Commands;

/// <summary><c>postern suites</c>.</summary>
public sealed class SuitesTests
{
    [Fact]
    public async Task Every_set_of_both_protocols_is_listed_and_one_of_each_is_the_default()
    {
        CommandResult result = await CommandHost.Run("suites", "--json");
        result.Expect(0);
        using JsonDocument json = JsonDocument.Parse(result.Output);
        List<JsonElement> sets = [.. json.RootElement.EnumerateArray()];
        Assert.Equal(
            [.. QstpSuites.All.Select(suite => $"QSTP {suite.Name}"), .. QsmpSuites.All.Select(suite => $"QSMP {suite.Name}")],
            sets.Select(set => $"{set.GetProperty("protocol")} {set.GetProperty("name")}"), StringComparer.Ordinal);
        Assert.Equal(
            [QstpSuites.Default.Name, QsmpSuites.Default.Name],
            sets.Where(set => set.GetProperty("isDefault").GetBoolean()).Select(set => set.GetProperty("name").GetString()), StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_measured_handshake_takes_time()
    {
        Suite[] suites = [QstpSuites.Default, QsmpSuites.DilithiumS1KyberS1];
        foreach (Suite suite in suites) Assert.InRange(await SuiteCost.MeasureAsync(suite, TestContext.Current.CancellationToken), 0.01, 120_000);
    }

    [Fact]
    public async Task Measuring_stops_when_told_to()
    {
        using CancellationTokenSource stop = new();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SuiteCost.MeasureAsync(QstpSuites.Default, stop.Token));
    }
}
