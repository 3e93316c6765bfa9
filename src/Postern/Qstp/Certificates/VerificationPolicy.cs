using Postern.Packets;

namespace Postern.Qstp.Certificates;

/// <summary>How strictly a chain is checked. The default checks everything; each relaxation must be asked for. (QSTP §5.9)</summary>
public sealed record VerificationPolicy
{
    /// <summary>Every check, no denied serials, the system's clock.</summary>
    public static VerificationPolicy Default { get; } = new();

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Added to the clock, for hosts of the reference outside UTC. Default zero. (QSTP §4)</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>Serials, as hexadecimal digits, that are refused whatever else holds. Default none. (QSTP §5.10)</summary>
    public IReadOnlySet<string> DeniedSerials { get; init; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Accept certificates before their valid-from, as the reference does. Default false.</summary>
    public bool AllowNotYetValid { get; init; }

    /// <summary>Accept a root that has expired, as the reference does. Default false.</summary>
    public bool AllowExpiredRoot { get; init; }

    /// <summary>
    /// Accept a root that an outside authority signed without checking that signature here: call
    /// <see cref="RootCertificate.VerifyAuthority"/> first. Default false. (QSTP §5.5)
    /// </summary>
    public bool AllowExternallySignedRoot { get; init; }

    internal WireClock WireClock => new(Clock, ClockOffset, WireClock.DefaultTolerance);
}
