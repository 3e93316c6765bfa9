using System.CommandLine;
using System.Text.Json;
using Postern.Cli;
using Postern.Cli.Commands;
using Postern.Cryptography;
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
    public async Task A_part_of_a_name_chooses_sets_and_names_are_never_cut()
    {
        CommandResult result = await CommandHost.Run("suites", "mceliece8192128");
        result.Expect(0);
        foreach (Suite suite in QstpSuites.All.Concat(QsmpSuites.All))
        {
            Assert.Equal(suite.Kem == KemAlgorithm.McEliece8192128, result.Output.Contains($": {suite.Name}\n", StringComparison.Ordinal));
        }

        (await CommandHost.Run("suites", "rsa")).Expect(ExitCode.Usage);
    }

    [Theory]
    [InlineData("7", "dilithium-s5_mceliece-s5_sha3_rcs")]
    [InlineData("Level3", "dilithium-s3_kyber-s3_sha3_rcs256")]
    public void A_set_of_qsmp_has_a_number_a_name_and_a_level(string text, string name)
    {
        Option<Suite> option = SuiteOption.Qsmp();
        Assert.Equal(QsmpSuites.FromName(name), new Command("x") { option }.Parse(["--suite", text]).GetValue(option));
    }

    [Fact]
    public async Task The_other_protocols_name_is_answered_with_ours()
    {
        CommandResult result = await CommandHost.Run("key", "generate", "--name", "x", "--suite", QstpSuites.DilithiumS5McElieceS7.Name);
        result.Expect(ExitCode.Usage);
        Assert.Contains(QsmpSuites.DilithiumS5McElieceS7.Name, result.Error, StringComparison.Ordinal);
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
