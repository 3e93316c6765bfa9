namespace Postern.Cli.Reference;

/// <summary>What a shell can offer for a value.</summary>
internal enum ValueKind
{
    /// <summary>Nothing: a name, a number, an address.</summary>
    Any,

    /// <summary>One of a few words.</summary>
    Words,

    /// <summary>Names of files and folders.</summary>
    File,

    /// <summary>Names of folders.</summary>
    Folder,
}
