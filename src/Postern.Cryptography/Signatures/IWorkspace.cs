namespace Postern.Cryptography;

/// <summary>Memory for one operation that may hold secrets and is used again.</summary>
internal interface IWorkspace
{
    /// <summary>Erases everything.</summary>
    void Clear();
}
