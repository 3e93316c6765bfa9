using Postern.Tunneling;

namespace Postern.Cli.Commands.Transfers;

/// <summary>A line every few seconds.</summary>
internal sealed class TransferLines(Action<string> writeLine, TimeProvider clock) : IProgress<TransferProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private TransferPhase? _phase;
    private long _since;
    private long _doneThen;

    public void Report(TransferProgress value)
    {
        if (value.Phase != _phase)
        {
            _phase = value.Phase;
            Remember(value.Done);
            return;
        }

        TimeSpan time = clock.GetElapsedTime(_since);
        if (time < Interval) return;
        double rate = (value.Done - _doneThen) / time.TotalSeconds;
        string left = rate > 0 ? $", {(value.Size - value.Done) / rate:0} s left" : string.Empty;
        string verb = value.Phase == TransferPhase.Hashing ? "Reading " : string.Empty;
        writeLine($"{verb}{value.Name}: {SizeText.Of(value.Done)} of {SizeText.Of(value.Size)}, {SizeText.Of(rate)}/s{left}");
        Remember(value.Done);
    }

    private void Remember(long done)
    {
        _since = clock.GetTimestamp();
        _doneThen = done;
    }
}
