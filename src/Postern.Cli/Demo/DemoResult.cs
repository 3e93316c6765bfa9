namespace Postern.Cli.Demo;

/// <summary>What the demo found.</summary>
internal sealed record DemoResult(
    string Suite, TimeSpan Issuing, DemoTransfer Transfer, IReadOnlyList<AttackResult> Attacks, TimeSpan Total)
{
    public bool Succeeded => Transfer.Succeeded && Attacks.All(attack => attack.Refused);
}
