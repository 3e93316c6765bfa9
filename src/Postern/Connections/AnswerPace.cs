namespace Postern.Connections;

/// <summary>
/// How fast the peer's asymmetric ratchets are answered: each costs a signature and an encapsulation, and a peer may ask as often as it
/// likes. A few at once, then one after the other in time; the peer, which holds back everything meanwhile, has to wait.
/// </summary>
internal sealed class AnswerPace(int? perSecond, TimeProvider clock)
{
    private const int Burst = 32;

    private long _next;

    /// <summary>Waits until the next answer may be made. One caller at a time: there is never more than one request to answer.</summary>
    public async Task WaitAsync()
    {
        if (perSecond is not { } rate) return;
        long second = clock.TimestampFrequency;
        long now = clock.GetTimestamp();
        long next = Math.Max(_next, now - (Burst * second / rate));
        _next = next + (second / rate);
        if (_next > now) await Task.Delay(clock.GetElapsedTime(now, _next), clock).ConfigureAwait(false);
    }
}
