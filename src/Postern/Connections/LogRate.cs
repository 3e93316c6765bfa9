namespace Postern.Connections;

/// <summary>Bounds how much of the log a peer controls: twenty lines a second, the rest counted.</summary>
internal sealed class LogRate
{
    private const int LinesASecond = 20;

    private readonly Lock _lock = new();
    private long _second = -1;
    private int _lines;
    private long _left;

    /// <summary>Whether a line may be written, and how many were left out since the last one.</summary>
    public bool MayLog(out long left) => MayLog(Environment.TickCount64 / 1000, out left);

    /// <summary>The same, for whoever has a clock of his own.</summary>
    /// <param name="second">The second that it is now, from anywhere on.</param>
    /// <param name="left">How many were left out.</param>
    public bool MayLog(long second, out long left)
    {
        lock (_lock)
        {
            if (second != _second)
            {
                _second = second;
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
