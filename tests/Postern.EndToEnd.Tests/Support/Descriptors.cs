namespace Postern.EndToEnd.Tests.Support;

/// <summary>Descriptors of a process, as Linux tells of them.</summary>
internal static class Descriptors
{
    /// <summary>Sockets, pipes and files, but not those of code: .NET opens an assembly when it is first used, and keeps it open.</summary>
    public static int Count(int process) =>
        Directory.EnumerateFileSystemEntries($"/proc/{process}/fd").Count(entry => new FileInfo(entry).LinkTarget is { } target && Path.GetExtension(target) is not (".dll" or ".pdb" or ".so"));
}
