using Postern.Cli.Commands;

namespace Postern.Cli.Posture;

/// <summary>A configuration set in use. Its properties are the JSON form.</summary>
/// <param name="Suite">The set. Its algorithms are all there is: no classical ones beside them, and nothing is negotiated.</param>
/// <param name="Files">The files of certificates and keys that have it.</param>
/// <param name="Channels">How many open channels have it.</param>
internal sealed record PostureSuite(SuiteReport Suite, IReadOnlyList<string> Files, int Channels);
