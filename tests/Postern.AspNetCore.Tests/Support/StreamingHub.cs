using Microsoft.AspNetCore.SignalR;

namespace Postern.AspNetCore.Tests.Support;

/// <summary>A hub that streams both ways, and says who calls it and when the caller is gone.</summary>
internal sealed class StreamingHub(StreamingHub.Watch watch) : Hub
{
    public string WhoAmI() => $"{Context.UserIdentifier} {Context.User?.Identity?.Name} {Context.User?.Identity?.IsAuthenticated}";

    public async IAsyncEnumerable<int> Double(IAsyncEnumerable<int> numbers)
    {
        await foreach (int number in numbers) yield return 2 * number;
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        watch.Gone.TrySetResult(Context.UserIdentifier);
        return base.OnDisconnectedAsync(exception);
    }

    /// <summary>What the test sees of the hub.</summary>
    internal sealed class Watch
    {
        public TaskCompletionSource<string?> Gone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
