namespace Postern.Cli.Posture;

/// <summary>What protects a secret key's file besides its mode.</summary>
internal enum PostureProtection
{
    /// <summary>Nothing: whoever reads the file has the key.</summary>
    None = 1,

    /// <summary>A passphrase.</summary>
    Passphrase,

    /// <summary>A key in a PKCS#11 token.</summary>
    Token,
}
