using System.Net;

namespace Postern.Tunneling;

/// <summary>A stream that the peer wants to open.</summary>
public sealed class IncomingStream
{
    private readonly StreamMultiplexer _multiplexer;
    private readonly MultiplexedStream _stream;

    internal IncomingStream(StreamMultiplexer multiplexer, MultiplexedStream stream)
    {
        _multiplexer = multiplexer;
        _stream = stream;
    }

    /// <summary>Where it is to lead, as the peer wrote it: <see cref="StreamTarget.Parse"/>.</summary>
    public string Target => _stream.Target;

    /// <summary>Who it is for, as the peer says; null if it does not.</summary>
    public IPEndPoint? Source => _stream.Source;

    internal bool IsAnswered { get; private set; }

    /// <summary>The number of the stream, by which the peer knows what it asked for.</summary>
    internal uint Id => _stream.Id;

    /// <summary>Opens it.</summary>
    public async ValueTask<MultiplexedStream> AcceptAsync()
    {
        IsAnswered = true;
        await _multiplexer.SendAsync(StreamFrames.Bare(StreamFrame.Accept, _stream.Id)).ConfigureAwait(false);
        return _stream;
    }

    /// <summary>Does not open it.</summary>
    /// <param name="reason">Why.</param>
    /// <param name="text">The same in words for the peer's log; up to 255 bytes of it are sent.</param>
    public void Refuse(StreamRefusal reason, string text)
    {
        IsAnswered = true;
        _multiplexer.Refuse(_stream, reason, text);
    }
}
