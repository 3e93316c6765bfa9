namespace Postern.Cli.Commands.Certificates;

/// <summary>A clock that stands still: "as of" a date.</summary>
internal sealed class FixedClock(DateTimeOffset now) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => now;
}
