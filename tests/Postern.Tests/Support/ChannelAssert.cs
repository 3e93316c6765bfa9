namespace Postern.Tests.Support;

/// <summary>Asserts on the one exception that peers and networks may cause.</summary>
internal static class ChannelAssert
{
    public static ChannelException Throws(ChannelError error, Action action) => Check(error, Assert.Throws<ChannelException>(action));

    public static async Task<ChannelException> ThrowsAsync(ChannelError error, Func<Task> action) =>
        Check(error, await Assert.ThrowsAsync<ChannelException>(action));

    public static Task<ChannelException> ThrowsAsync(ChannelError error, ValueTask action) => ThrowsAsync(error, action.AsTask);

    public static Task<ChannelException> ThrowsAsync(ChannelError error, ValueTask<int> action) => ThrowsAsync(error, () => action.AsTask());

    private static ChannelException Check(ChannelError error, ChannelException exception)
    {
        Assert.True(error == exception.Error, $"Expected {error}, got {exception.Error}: {exception.Message}");
        return exception;
    }
}
