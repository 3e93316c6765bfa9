using System.Text.Json;
using Postern.Cli;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Commands;

/// <summary><c>postern bench</c>.</summary>
public sealed class BenchTests
{
    [Fact]
    public async Task Each_thing_is_measured_next_to_what_one_would_take_instead()
    {
        CommandResult result = await CommandHost.Run("bench", "--only", "cipher", "handshake", "--rounds", "2", "--time", "1", "--json");
        result.Expect(ExitCode.Success);
        using JsonDocument json = JsonDocument.Parse(result.Output);
        Assert.NotEmpty(json.RootElement.GetProperty("processor").GetProperty("model").GetString()!);
        JsonElement[] results = [.. json.RootElement.GetProperty("results").EnumerateArray()];
        Assert.Equal(["cipher", "handshake"], results.Select(one => one.GetProperty("section").GetString()!).Distinct(StringComparer.Ordinal), StringComparer.Ordinal);
        Assert.Contains(results, one => one.GetProperty("subject").GetString() == "TLS 1.3 (SslStream)");
        foreach (JsonElement one in results)
        {
            Assert.InRange(one.GetProperty("least").GetDouble(), 0, one.GetProperty("median").GetDouble());
            Assert.InRange(one.GetProperty("median").GetDouble(), 0, one.GetProperty("most").GetDouble());
        }

        foreach (IGrouping<string, JsonElement> group in results.GroupBy(one => one.GetProperty("title").GetString()!, StringComparer.Ordinal))
        {
            Assert.False(group.First().TryGetProperty("timesOurs", out _));
            Assert.All(group.Skip(1), other => Assert.True(other.GetProperty("timesOurs").GetProperty("median").GetDouble() > 0));
        }
    }

    [Fact]
    public async Task Round_trips_and_bulk_go_through_every_kind_of_tunnel()
    {
        CommandResult result = await CommandHost.Run("bench", "--only", "tunnel", "--rounds", "1", "--time", "1");
        result.Expect(ExitCode.Success);
        foreach (string subject in (string[])["QSTP, level 3", "SIMPLEX, level 5", "DUPLEX, level 5", "eight connections"])
        {
            Assert.Contains(subject, result.Output, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("--rounds", "0")]
    [InlineData("--time", "60001")]
    [InlineData("--only", "weather")]
    public async Task What_cannot_be_measured_is_refused(string option, string value)
    {
        CommandResult result = await CommandHost.Run("bench", option, value);
        result.Expect(ExitCode.Usage);
        Assert.Contains(option == "--only" ? value : option, result.Error, StringComparison.Ordinal);
    }
}
