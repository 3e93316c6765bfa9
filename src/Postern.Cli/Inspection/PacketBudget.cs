namespace Postern.Cli.Inspection;

/// <summary>How many packets of one input are explained: each explanation stays in memory until all are shown.</summary>
internal sealed class PacketBudget
{
    public const int Most = 250_000;

    private int _left = Most;

    /// <summary>False once all are taken.</summary>
    public bool TryTake()
    {
        if (_left == 0) return false;
        _left--;
        return true;
    }
}
