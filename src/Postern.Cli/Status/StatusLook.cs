namespace Postern.Cli.Status;

/// <summary>What the running processes said at one time. Its properties are the JSON form of a line of <c>postern status --watch --json</c>.</summary>
internal sealed record StatusLook(DateTimeOffset Time, IReadOnlyList<ProcessReport> Processes);
