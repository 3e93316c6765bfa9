namespace Postern.Cli.Files;

/// <summary>A key under a passphrase that was not opened.</summary>
internal sealed record SealedKey(ReadOnlyMemory<byte> Container);
