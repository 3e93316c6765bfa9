namespace Postern.Cli.Demo;

/// <summary>An attack, whether it was refused for the right reason, and what was said.</summary>
internal sealed record AttackResult(string Attack, bool Refused, string Reason);
