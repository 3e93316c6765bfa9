namespace Postern.Cli.Files;

/// <summary>Who signed a root that did not sign itself.</summary>
internal sealed record AuthorityReport(string Name, string KeyId, string Scheme);
