namespace Postern.EndToEnd.Tests.Support;

/// <summary>For what gives no signal: a counter of another thread, a process's entry.</summary>
internal static class Until
{
    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        using CancellationTokenSource limit = new(Wire.Limit);
        while (!await condition())
        {
            if (limit.IsCancellationRequested) Assert.Fail($"Not within {Wire.Limit.TotalSeconds:0} s: {what}.");
            await Task.Delay(5);
        }
    }

    /// <summary>Waits until a counter has not moved for half a second, and returns it.</summary>
    public static async Task<long> StillAsync(Func<long> counter)
    {
        long last = -1;
        while (counter() is long now && now != last)
        {
            last = now;
            await Task.Delay(500);
        }

        return last;
    }
}
