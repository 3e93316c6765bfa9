using Postern.Conformance.Replay;
using Postern.Connections;
using Postern.Cryptography;
using Postern.Handshakes;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Conformance.Kinds.Qstp;

/// <summary>Runs our server's handshake over a stream that gives it recorded bytes and then ends.</summary>
internal sealed class ServerReplay(ServerIdentity identity, RecordedClock clock, List<byte[]> clientBytes) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private readonly RecordedStream _stream = new(clientBytes);
    private readonly QstpServerHandshake _handshake = new([identity], clock.Wire, RandomSource.System);

    /// <summary>Everything the server sent until it failed, the client's end of the stream included.</summary>
    public byte[] Output => _stream.Written;

    /// <summary>What it had sent when it came to the end of the client's bytes: what a client that stays connected sees.</summary>
    public byte[] OutputBeforeEnd => _stream.WrittenBeforeEnd;

    /// <summary>Runs until the handshake fails, as it does at the latest when the client's bytes end.</summary>
    /// <exception cref="InvalidDataException">The server completed the handshake.</exception>
    public void Run()
    {
        PacketTransport transport = new(_stream);
        Task run = HandshakeDriver.RunAsync(_handshake, transport, turns: null, Deadline, CancellationToken.None);
        transport.ReleaseBuffer();

        // The stream answers every call at once, so the driver never had to wait.
        Expect.True("the server waits for something else than the client", run.IsCompleted);
        if (run.Exception?.InnerException is not { } exception) throw new InvalidDataException("the server completes the handshake");
        if (exception is not ChannelException) throw exception;
    }

    public void Dispose()
    {
        _handshake.Dispose();
        _stream.Dispose();
    }
}
