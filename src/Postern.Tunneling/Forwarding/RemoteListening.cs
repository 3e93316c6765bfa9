using System.Net;
using System.Net.Sockets;
using Postern.Connections;

namespace Postern.Tunneling;

/// <summary>Listens for a client while its stream is open: each connection becomes a stream to it.</summary>
internal sealed class RemoteListening(PlainListener listener, StreamMultiplexer multiplexer, ExposedTunnels shared, uint id, CancellationToken ended)
{
    private static readonly TimeSpan AcceptRetryDelay = TimeSpan.FromMilliseconds(100);

    // The client's own limit for reaching its target is 30 s.
    private static readonly TimeSpan ClientPatience = TimeSpan.FromSeconds(40);

    /// <summary>Runs until the client ends or cuts <paramref name="stream"/>, the server is drained, or the tunnel ends.</summary>
    public async Task RunAsync(MultiplexedStream stream)
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(ended, shared.Draining);
        Task accepting = AcceptAsync(stop.Token);
        CancellationTokenRegistration cut = stop.Token.UnsafeRegister(_ => _ = stream.AbortAsync().AsTask(), null);
        await using (cut.ConfigureAwait(false))
        {
            try
            {
                // Nothing more is said on it: its end is all there is to wait for.
                if (await stream.ReadAsync(new byte[1]).ConfigureAwait(false) == 0) await stream.CompleteAsync().ConfigureAwait(false);
            }
            catch (IOException)
            {
                // The client has cut it, or this server is about to stop.
            }
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                Socket socket = await listener.AcceptAsync(cancellationToken).ConfigureAwait(false);
                _ = Task.Run(() => CarryAsync(socket), CancellationToken.None);
            }
            catch (SocketException exception)
            {
                ForwardingLog.AcceptFailed(shared.Logger, exception);
                await Task.Delay(AcceptRetryDelay, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // It goes on when the listening ends, until the tunnel does.
    private async Task CarryAsync(Socket socket)
    {
        EndPoint? remote = null;
        // Disposing before the relay has ended well is a reset.
        using (socket)
        {
            if (!shared.TryBegin()) return;
            try
            {
                SocketEnd plain = new(socket);
                TcpConnector.Configure(socket);
                remote = TcpConnector.RemoteOf(socket);
                MultiplexedStream stream = await OpenAsync(remote as IPEndPoint).ConfigureAwait(false);
                await new EndRelay(plain, stream, shared.Traffic).RunAsync(shared.Streams.IdleTimeout, ended).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is IOException or SocketException or ChannelException or OperationCanceledException)
            {
                shared.Traffic.Fail();
                ForwardingLog.Cut(shared.Logger, remote, exception.Message);
            }
            finally
            {
                shared.End();
            }
        }
    }

    private async Task<MultiplexedStream> OpenAsync(IPEndPoint? remote)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(ended);
        deadline.CancelAfter(ClientPatience);
        return await multiplexer.OpenAsync(StreamTarget.Accepted(id).ToString(), remote, deadline.Token).ConfigureAwait(false);
    }
}
