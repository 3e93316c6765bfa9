namespace Postern.Tunneling;

/// <summary>What the system says of a disk.</summary>
internal static class Disk
{
    // EWOULDBLOCK on Linux, on macOS and the BSDs; ERROR_SHARING_VIOLATION.
    private const int LinuxLocked = 11;
    private const int BsdLocked = 35;
    private const int WindowsLocked = unchecked((int)0x80070020);

    // ENOSPC everywhere, EDQUOT on Linux, on macOS and the BSDs; ERROR_DISK_FULL.
    private const int UnixFull = 28;
    private const int LinuxQuota = 122;
    private const int BsdQuota = 69;
    private const int WindowsFull = unchecked((int)0x80070070);

    /// <summary>Bytes that this user can still write to a folder; no limit where the system does not tell, as for a Windows share.</summary>
    public static long FreeSpaceOf(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return long.MaxValue;
        }
    }

    /// <summary>The error says that someone else has the file open for himself.</summary>
    public static bool IsLocked(Exception exception) => OperatingSystem.IsWindows()
        ? exception.HResult == WindowsLocked
        : exception.HResult is LinuxLocked or BsdLocked;

    /// <summary>The error says that there is no room, or none for this user.</summary>
    public static bool IsFull(Exception exception) => OperatingSystem.IsWindows()
        ? exception.HResult == WindowsFull
        : exception.HResult is UnixFull or LinuxQuota or BsdQuota;
}
