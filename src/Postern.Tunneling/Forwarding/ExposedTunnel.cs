using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Postern.Connections;
using Postern.Qsmp;

namespace Postern.Tunneling;

/// <summary>One tunnel of many streams on the server's side: leads each stream where its opening says, if that is allowed.</summary>
internal sealed class ExposedTunnel(ExposedTunnels shared, SecureChannel channel)
{
    private readonly TaskCompletionSource<QsmpPublicKey> _proved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private StreamMultiplexer? _multiplexer;
    private string? _provedFingerprint;
    private int _proofs;

    /// <summary>There were streams when it ended.</summary>
    public bool HasCutStreams => _multiplexer is { HasCutStreams: true };

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        StreamMultiplexer multiplexer = StreamMultiplexer.Start(channel, ServeAsync, shared.Streams.Streams);
        _multiplexer = multiplexer;
        CancellationTokenRegistration draining = shared.Draining.UnsafeRegister(_ => _ = multiplexer.DrainAsync(cancellationToken), null);
        await using ConfiguredAsyncDisposable registration = draining.ConfigureAwait(false);
        try
        {
            if (shared.Streams.Clients is { } check) await ExpectProofAsync(check, multiplexer.Completion, cancellationToken).ConfigureAwait(false);
            await multiplexer.Completion.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await multiplexer.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task ExpectProofAsync(ClientCheck check, Task ended, CancellationToken cancellationToken)
    {
        try
        {
            Task first = await Task.WhenAny(_proved.Task, ended).WaitAsync(check.Timeout, cancellationToken).ConfigureAwait(false);
            await first.ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new IOException($"The client did not prove who it is within {check.Timeout.TotalSeconds:0.#} s.", exception);
        }
    }

    private async Task ServeAsync(IncomingStream incoming, CancellationToken cancellationToken)
    {
        if (!shared.TryBegin())
        {
            incoming.Refuse(StreamRefusal.TooMany, "This server has as many streams as it takes.");
            return;
        }

        try
        {
            await LeadAsync(incoming, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or SocketException or ChannelException or OperationCanceledException)
        {
            shared.Traffic.Fail();
            if (incoming.IsAnswered) ForwardingLog.Cut(shared.Logger, channel.RemoteEndPoint, exception.Message);
            throw;
        }
        finally
        {
            shared.End();
        }
    }

    private async Task LeadAsync(IncomingStream incoming, CancellationToken cancellationToken)
    {
        if (shared.Draining.IsCancellationRequested)
        {
            Refuse(incoming, StreamRefusal.Other, "This server is about to stop.");
            return;
        }

        StreamTarget? target = StreamTarget.Parse(incoming.Target);
        if (target?.Kind == StreamTargetKind.Authenticate)
        {
            await ProveAsync(incoming).ConfigureAwait(false);
            return;
        }

        if (shared.Streams.Clients is not null && !_proved.Task.IsCompletedSuccessfully)
        {
            Refuse(incoming, StreamRefusal.NotAuthenticated, "This server asks its clients for a proof of who they are.");
            return;
        }

        switch (target?.Kind)
        {
            case StreamTargetKind.Default when shared.Options.Target is { } own:
                await DeliverAsync(incoming, [own], cancellationToken).ConfigureAwait(false);
                return;
            case StreamTargetKind.Tcp or StreamTargetKind.Unix when target.ToEndPoint() is { } named:
                await DeliverNamedAsync(incoming, named, cancellationToken).ConfigureAwait(false);
                return;
            case StreamTargetKind.Listen when ListenRules.ParseAddress(target.Value) is { } address:
                await ListenAsync(incoming, address, cancellationToken).ConfigureAwait(false);
                return;
            default:
                Refuse(incoming, StreamRefusal.UnknownTarget, "This server knows no such target.");
                return;
        }
    }

    private void Refuse(IncomingStream incoming, StreamRefusal reason, string text)
    {
        TunnelLinkLog.Refused(shared.Logger, channel.RemoteEndPoint, incoming.Target, reason, text);
        incoming.Refuse(reason, text);
    }

    private async Task DeliverNamedAsync(IncomingStream incoming, EndPoint named, CancellationToken cancellationToken)
    {
        IReadOnlyList<EndPoint> allowed;
        try
        {
            allowed = await shared.Streams.Targets.AllowedAsync(named, cancellationToken).WaitAsync(shared.Options.TargetTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or TimeoutException)
        {
            Refuse(incoming, StreamRefusal.Unreachable, $"{EndPointText.Of(named)}: {exception.Message}");
            return;
        }

        if (allowed.Count == 0) Refuse(incoming, StreamRefusal.NotAllowed, $"This server's rules do not allow {EndPointText.Of(named)}.");
        else await DeliverAsync(incoming, allowed, cancellationToken).ConfigureAwait(false);
    }

    private async Task DeliverAsync(IncomingStream incoming, IReadOnlyList<EndPoint> targets, CancellationToken cancellationToken)
    {
        try
        {
            await StreamDelivery.RunAsync(
                incoming,
                targets,
                shared.Options.TargetTimeout,
                socket => TargetGreeting.SendAsync(socket, shared.Options.ProxyHeader, channel, incoming.Source, _provedFingerprint),
                shared.Streams.IdleTimeout,
                shared.Traffic,
                cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelException exception) when (exception.Error == ChannelError.ConnectionFailed)
        {
            shared.Traffic.Fail();
            ForwardingLog.TargetFailed(shared.Logger, channel.RemoteEndPoint, exception.Message);
        }
    }

    private async Task ListenAsync(IncomingStream incoming, EndPoint address, CancellationToken cancellationToken)
    {
        if (!shared.Streams.Listens.Allows(address))
        {
            Refuse(incoming, StreamRefusal.NotAllowed, $"This server's rules do not allow to listen on {address}.");
            return;
        }

        PlainListener listener;
        try
        {
            listener = PlainListener.Start(address);
        }
        catch (SocketException exception)
        {
            Refuse(incoming, StreamRefusal.Unreachable, $"Cannot listen on {address}: {exception.Message}");
            return;
        }

        using (listener)
        {
            MultiplexedStream stream = await incoming.AcceptAsync().ConfigureAwait(false);
            await RemoteAddress.WriteAsync(stream, $"{listener.LocalEndPoint}").ConfigureAwait(false);
            TunnelLinkLog.ListeningFor(shared.Logger, listener.LocalEndPoint, channel.RemoteEndPoint);
            await new RemoteListening(listener, _multiplexer!, shared, incoming.Id, cancellationToken).RunAsync(stream).ConfigureAwait(false);
        }
    }

    private async Task ProveAsync(IncomingStream incoming)
    {
        // One attempt a tunnel: whoever guesses dials again, at the pace that the server's limits give.
        if (shared.Streams.Clients is not { } check || Interlocked.Increment(ref _proofs) > 1)
        {
            Refuse(incoming, StreamRefusal.UnknownTarget, "This server asks for no proof.");
            return;
        }

        MultiplexedStream stream = await incoming.AcceptAsync().ConfigureAwait(false);
        try
        {
            QsmpPublicKey key = await check.RunAsync(stream, channel).ConfigureAwait(false);
            TunnelLinkLog.Proved(shared.Logger, channel.RemoteEndPoint, $"{key}");
            _provedFingerprint = key.Fingerprint;
            _proved.TrySetResult(key);
            await stream.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ChannelException)
        {
            if (_proved.TrySetException(exception)) _ = _proved.Task.Exception;
            throw;
        }
    }
}
