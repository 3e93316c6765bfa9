using Postern.Tunneling;
using Spectre.Console;

namespace Postern.Cli.Commands.Transfers;

/// <summary>A bar for each phase of a transfer, from where it went on: the rate is that of now.</summary>
internal sealed class TransferBar(ProgressContext context, TimeProvider clock) : IProgress<TransferProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private ProgressTask? _task;
    private TransferPhase _phase;
    private long _first;
    private long _shown;

    public void Report(TransferProgress value)
    {
        if (_task is null || value.Phase != _phase)
        {
            _task?.StopTask();
            _phase = value.Phase;
            _first = value.Phase == TransferPhase.Moving ? value.Done : 0;
            _task = context.AddTask(Markup.Escape(Describe(value)), maxValue: Math.Max(1, value.Size - _first));
        }

        if (value.Done < value.Size && clock.GetElapsedTime(_shown) < Interval) return;
        _shown = clock.GetTimestamp();
        _task.Value = value.Size == _first ? 1 : value.Done - _first;
    }

    private string Describe(TransferProgress value)
    {
        if (value.Phase == TransferPhase.Hashing) return $"Reading {value.Name}";
        return _first == 0 ? value.Name : $"{value.Name}, from {SizeText.Of(_first)}";
    }
}
