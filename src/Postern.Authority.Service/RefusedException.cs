namespace Postern.Authority.Service;

/// <summary>A call that is answered with a status and a sentence.</summary>
#pragma warning disable CA1064 // Internal: it never leaves the service.
internal sealed class RefusedException(int status, string message) : Exception(message)
#pragma warning restore CA1064
{
    public int Status { get; } = status;
}
