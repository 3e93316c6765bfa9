using BenchmarkDotNet.Attributes;
using Postern.Channels;
using Postern.Qstp;

namespace Postern.Benchmarks;

/// <summary>Both sides of a handshake, without a transport.</summary>
[MemoryDiagnoser]
public class HandshakeBenchmarks
{
    private HandshakeRunner? _runner;

    [ParamsSource(nameof(Suites))]
    public Suite Suite { get; set; } = QstpSuites.Default;

    public static IEnumerable<Suite> Suites => QstpSuites.All;

    [GlobalSetup]
    public void Setup() => _runner = HandshakeRunner.For(Suite);

    [Benchmark]
    public void Handshake()
    {
        (ChannelKeys client, ChannelKeys server) = _runner!.Run();
        client.Dispose();
        server.Dispose();
    }
}
