using System.Diagnostics.CodeAnalysis;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Postern.Cli.Health;

/// <summary>Sends metrics and traces to an OpenTelemetry collector, by OTLP over HTTP, every minute and at the end.</summary>
internal sealed class OtlpExport : IDisposable
{
    private const string Source = "Postern";
    private const int TimeoutMilliseconds = 3000;

    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    private OtlpExport(Uri endPoint, string command)
    {
        _metrics = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => Describe(resource, command))
            .AddMeter(Source)
            .AddOtlpExporter(exporter => Send(exporter, endPoint, "metrics"))
            .Build();
        _traces = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => Describe(resource, command))
            .AddSource(Source)
            .AddOtlpExporter(exporter => Send(exporter, endPoint, "traces"))
            .Build();
    }

    /// <summary>Begins; null without an address.</summary>
    /// <param name="endPoint">The collector, such as http://127.0.0.1:4318/.</param>
    /// <param name="command">What this process does, such as "expose".</param>
    public static OtlpExport? Start(Uri? endPoint, string command) => endPoint is null ? null : new OtlpExport(endPoint, command);

    public void Dispose()
    {
        _metrics.Dispose();
        _traces.Dispose();
    }

    /// <summary>Reads an address.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? endPoint) =>
        Uri.TryCreate(text.EndsWith('/') ? text : $"{text}/", UriKind.Absolute, out endPoint) && (endPoint.Scheme == Uri.UriSchemeHttp || endPoint.Scheme == Uri.UriSchemeHttps);

    private static void Describe(ResourceBuilder resource, string command) =>
        resource.AddService("postern", serviceNamespace: null, serviceInstanceId: Environment.ProcessId.ToString()).AddAttributes([new("postern.command", command)]);

    private static void Send(OtlpExporterOptions exporter, Uri endPoint, string signal)
    {
        exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        exporter.Endpoint = new Uri(endPoint, $"v1/{signal}");
        exporter.TimeoutMilliseconds = TimeoutMilliseconds;
    }
}
