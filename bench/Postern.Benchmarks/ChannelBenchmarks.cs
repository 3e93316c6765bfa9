using BenchmarkDotNet.Attributes;
using Postern.Channels;
using Postern.Packets;
using Postern.Qstp;

namespace Postern.Benchmarks;

/// <summary>One packet sealed and opened, headers and checks included.</summary>
[MemoryDiagnoser]
public class ChannelBenchmarks
{
    private SealedChannel? _client;
    private SealedChannel? _server;
    private byte[] _message = [];
    private byte[] _packet = [];

    [Params(64, 1024, 16 * 1024)]
    public int Size { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        (ChannelKeys client, ChannelKeys server) = HandshakeRunner.For(QstpSuites.DilithiumS3KyberS3).Run();
        _client = new SealedChannel(client, WireClock.System);
        _server = new SealedChannel(server, WireClock.System);
        _message = new byte[Size];
        _packet = new byte[Size + _client.Overhead];
    }

    [Benchmark]
    public void SealAndOpen()
    {
        _client!.SealMessage(_message, _packet);
        _server!.Open(_packet, _message);
    }
}
