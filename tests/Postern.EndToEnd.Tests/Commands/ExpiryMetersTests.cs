using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Authority.Service;
using Postern.Cli.Daemons;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Commands;

/// <summary>What the command measures beside the library: ends of certificates.</summary>
public sealed partial class ExpiryMetersTests
{
    private const string TimeLeft = "postern.certificate.time_left";

    [Fact]
    public void The_time_left_of_what_is_in_use_is_measured_while_it_is_in_use()
    {
        StandingClock clock = new(CommandHost.VectorTime);
        const string Serial = "one that nobody else measures";
        Expiration certificate = new("the certificate", CommandHost.VectorTime.AddDays(2)) { Kind = "certificate", Serial = Serial };
        using (ExpiryWatch.Start(NullLoggerFactory.Instance, clock, TimeSpan.FromDays(30), certificate, certificate))
        {
            Assert.Equal([2 * 86400.0], Measure(Serial));
        }

        Assert.Empty(Measure(Serial));
    }

    [Fact]
    public void The_table_in_the_documentation_names_every_instrument_of_the_command()
    {
        using AuthorityMeters authority = new();
        System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(typeof(ExpiryMeters).TypeHandle);
        HashSet<string> instruments = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument is ObservableGauge<double> or ObservableGauge<long> && instrument.Meter.Name == "Postern") instruments.Add($"{instrument.Name} Gauge {instrument.Unit}");
        };
        listener.Start();
        string[] rows = [.. Documentation.Lines("metrics.md").Select(line => GaugeRow().Match(line)).Where(match => match.Success)
            .Select(match => $"{match.Groups["name"]} Gauge {match.Groups["unit"]}")];
        Assert.Equal(instruments.Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^\| `(?<name>postern\.[a-z._]+)` \| Gauge \| `(?<unit>[^`]+)` \|", RegexOptions.NonBacktracking)]
    private static partial Regex GaugeRow();

    private static List<double> Measure(string serial)
    {
        List<double> found = [];
        using MeterListener listener = new();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == TimeLeft) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((_, value, tags, _) =>
        {
            if (tags.ToArray().Contains(new KeyValuePair<string, object?>("postern.certificate.serial", serial))) found.Add(value);
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return found;
    }
}
