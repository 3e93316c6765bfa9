using System.Globalization;
using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace Postern.Connections;

/// <summary>
/// Descriptors that connections leave to the process: without any the runtime cannot even open a file of its own, and ends it ("Out of memory."). A system
/// gives out the lowest number that is free, so that the number of a new socket tells how many are taken. Read on Linux only; elsewhere there is no reserve.
/// </summary>
internal class DescriptorReserve
{
    private const string LimitsFile = "/proc/self/limits";
    private const string LimitName = "Max open files";
    private const int Least = 32;
    private const int Most = 128;

    private readonly Lazy<long> _limit = new(ReadLimit);

    /// <summary>That of this process.</summary>
    public static DescriptorReserve OfProcess { get; } = new();

    private long Size => Math.Clamp(_limit.Value / 8, Least, Most);

    /// <summary>An accepted socket took one of them: nobody is to be accepted until <see cref="IsTouched()"/> says otherwise.</summary>
    public virtual bool IsTouchedBy(Socket accepted) => IsBeyond(accepted, _limit.Value - Size);

    /// <summary>One more descriptor would be one of them.</summary>
    public virtual bool IsTouched()
    {
        if (_limit.Value == long.MaxValue) return false;
        try
        {
            using SafeFileHandle probe = File.OpenHandle(LimitsFile);
            return probe.DangerousGetHandle() >= _limit.Value - Size;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>
    /// A socket that is about to connect took one of the lower half: those who were accepted before the others were stopped may have taken the upper half.
    /// </summary>
    /// <exception cref="SocketException">It did.</exception>
    public void Check(Socket connecting)
    {
        if (IsBeyond(connecting, _limit.Value - (Size / 2))) throw Shortage();
    }

    /// <summary>What is thrown instead of taking one of them.</summary>
    public SocketException Shortage() => new(
        (int)SocketError.TooManyOpenSockets,
        $"Nearly all of the {_limit.Value} files that this process may have open are: raise the limit (ulimit -n, LimitNOFILE= of systemd), or lower --max-connections");

    private bool IsBeyond(Socket socket, long border) => socket.Handle >= border && _limit.Value != long.MaxValue;

    private static long ReadLimit()
    {
        try
        {
            string? line = OperatingSystem.IsLinux() ? File.ReadLines(LimitsFile).FirstOrDefault(text => text.StartsWith(LimitName, StringComparison.Ordinal)) : null;
            string? soft = line?[LimitName.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
            return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) ? limit : long.MaxValue;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return long.MaxValue;
        }
    }
}
