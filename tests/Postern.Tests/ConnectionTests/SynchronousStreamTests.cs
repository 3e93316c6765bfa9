using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Synchronous reads and writes while the thread pool has no thread left and work waits for one, which is when messages are batched.</summary>
public sealed class SynchronousStreamTests : IDisposable
{
    // More than the pool makes threads for while the test waits: it makes one or two a second.
    private const int Blockers = 500;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualResetEventSlim _release = new();

    public void Dispose()
    {
        _release.Set();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void They_need_no_thread_but_their_own()
    {
        (SecureChannel client, SecureChannel server) = TestChannels.Secure(new DuplexPipe());
        using Stream writing = client.AsStream();
        using Stream reading = server.AsStream();
        byte[] message = new byte[20_000];
        new SeededRandom(1).Fill(message);
        byte[] read = new byte[message.Length];
        for (int i = 0; i < Blockers; i++) ThreadPool.UnsafeQueueUserWorkItem(_ => _release.Wait(), null);
        long waiting = 0;
        Thread thread = new(() =>
        {
            waiting = ThreadPool.PendingWorkItemCount;
            writing.Write(message, 0, message.Length);
            for (int count = 0; count < read.Length;) count += reading.Read(read, count, Math.Min(3000, read.Length - count));
        });
        thread.Start();
        bool ended = thread.Join(Patience);
        _release.Set();
        thread.Join();
        Assert.True(ended, "The calls waited for the thread pool.");
        Assert.True(waiting > 0);
        Assert.Equal(message, read);
    }
}
