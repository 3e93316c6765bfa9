using System.Net;
using System.Net.Sockets;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>A path to a server that takes so many bytes and no more, until it is disposed of: then it breaks.</summary>
internal sealed class StallingProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _running;
    private bool _isDisposed;

    public StallingProxy(EndPoint target, long limit)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        _running = Task.Run(() => RunAsync(target, limit));
    }

    public EndPoint EndPoint => _listener.LocalEndPoint!;

    /// <summary>The limit is reached.</summary>
    public Task StalledAsync() => _stalled.Task.WaitAsync(Wire.Limit);

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        await _stop.CancelAsync();
        _listener.Dispose();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(EndPoint target, long limit)
    {
        try
        {
            using Socket client = await _listener.AcceptAsync(_stop.Token);
            using Socket server = await Wire.ConnectAsync(target);
            await Task.WhenAll(CopyAsync(client, server, limit), CopyAsync(server, client, long.MaxValue));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            // The end of the path.
        }
    }

    private async Task CopyAsync(Socket from, Socket to, long limit)
    {
        byte[] buffer = new byte[64 * 1024];
        while (limit > 0)
        {
            int size = await from.ReceiveAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, limit)), _stop.Token);
            if (size == 0) return;
            await to.SendAsync(buffer.AsMemory(0, size), _stop.Token);
            limit -= size;
        }

        _stalled.TrySetResult();
        await Task.Delay(Timeout.Infinite, _stop.Token);
    }
}
