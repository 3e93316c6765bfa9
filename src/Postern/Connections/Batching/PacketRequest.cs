using System.Threading.Tasks.Sources;
using Postern.Channels;

namespace Postern.Connections;

/// <summary>A message that a channel wants sealed or opened, and whoever waits for that. Used again and again.</summary>
internal sealed class PacketRequest : IValueTaskSource
{
    private ManualResetValueTaskSourceCore<bool> _done = new() { RunContinuationsAsynchronously = true };

    /// <summary>Whose it is.</summary>
    public SealedChannel Channel { get; private set; } = null!;

    /// <summary>To be sealed; otherwise to be opened.</summary>
    public bool IsSeal { get; private set; }

    public ReadOnlyMemory<byte> Input { get; private set; }

    public Memory<byte> Output { get; private set; }

    /// <summary>Size of the message.</summary>
    public int MessageSize => IsSeal ? Input.Length : Output.Length;

    public ValueTask Completion => new(this, _done.Version);

    /// <summary>Starts over with a message.</summary>
    public void Set(SealedChannel channel, bool isSeal, ReadOnlyMemory<byte> input, Memory<byte> output)
    {
        _done.Reset();
        Channel = channel;
        IsSeal = isSeal;
        Input = input;
        Output = output;
    }

    /// <summary>Forgets the message: its buffers are others' next.</summary>
    public void Clear()
    {
        Channel = null!;
        Input = default;
        Output = default;
    }

    /// <summary>Tells who waits: null if all is well.</summary>
    public void Complete(Exception? failure)
    {
        if (failure is null) _done.SetResult(true);
        else _done.SetException(failure);
    }

    public void GetResult(short token) => _done.GetResult(token);

    public ValueTaskSourceStatus GetStatus(short token) => _done.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _done.OnCompleted(continuation, state, token, flags);
}
