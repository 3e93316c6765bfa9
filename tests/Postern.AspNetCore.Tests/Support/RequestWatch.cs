using Microsoft.AspNetCore.Http;

namespace Postern.AspNetCore.Tests.Support;

/// <summary>An application that says what happens to its request.</summary>
internal sealed class RequestWatch
{
    public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource Aborted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What reading the body ended with.</summary>
    public TaskCompletionSource<Exception> Failure { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task ReadBodyAsync(HttpContext context)
    {
        using CancellationTokenRegistration aborted = context.RequestAborted.Register(() => Aborted.TrySetResult());
        Started.TrySetResult();
        try
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
        }
        catch (Exception exception)
        {
            Failure.TrySetResult(exception);
        }

        await Aborted.Task;
    }

    public async Task WaitForAbortAsync(HttpContext context)
    {
        using CancellationTokenRegistration aborted = context.RequestAborted.Register(() => Aborted.TrySetResult());
        Started.TrySetResult();
        await Aborted.Task;
    }
}
