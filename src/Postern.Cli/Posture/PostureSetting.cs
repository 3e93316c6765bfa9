namespace Postern.Cli.Posture;

/// <summary>An option of a service. Its properties are the JSON form.</summary>
/// <param name="Name">Its long name, without the dashes.</param>
/// <param name="Values">What it is: several where it can be repeated, none where it is not given and has no default.</param>
/// <param name="Source">Where it is from.</param>
internal sealed record PostureSetting(string Name, IReadOnlyList<string> Values, PostureSource Source);
