namespace Postern.Connections;

/// <summary>Bounds how much of the log a peer controls: so many lines a second, the rest counted.</summary>
internal sealed class LogRate
{
    private const int LinesASecond = 20;

    private readonly Lock _lock = new();
    private long _second;
    private int _lines;
    private long _left;

    /// <summary>Whether a line may be written, and how many were left out since the last one.</summary>
    public bool MayLog(out long left)
    {
        lock (_lock)
        {
            long now = Environment.TickCount64 / 1000;
            if (now != _second)
            {
                _second = now;
                _lines = 0;
            }

            left = _left;
            if (_lines == LinesASecond)
            {
                _left++;
                return false;
            }

            _lines++;
            _left = 0;
            return true;
        }
    }
}
