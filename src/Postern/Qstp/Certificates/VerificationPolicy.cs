using Postern.Packets;

namespace Postern.Qstp.Certificates;

/// <summary>How strictly a chain is checked. The default checks everything; each relaxation must be asked for. (QSTP §5.9)</summary>
public sealed record VerificationPolicy
{
    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    /// <summary>Every check, no denied serials, the system's clock.</summary>
    public static VerificationPolicy Default { get; } = new();

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Added to the clock, for hosts of the reference outside UTC. Default zero. (QSTP §4)</summary>
    public TimeSpan ClockOffset { get; init; }

    /// <summary>
    /// Serials that are refused whatever else holds: 32 hexadecimal digits each, in either case. Default none. (QSTP §5.10)
    /// </summary>
    /// <exception cref="ArgumentException">An entry is not of that form: it could never match.</exception>
    public IReadOnlySet<string> DeniedSerials
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            foreach (string serial in value)
            {
                if (serial.Length != 2 * QstpProtocol.SerialSize || serial.AsSpan().ContainsAnyExcept(HexDigits))
                {
                    throw new ArgumentException($"'{serial}' is no serial: 32 hexadecimal digits.", nameof(value));
                }
            }

            field = value;
        }
    } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Accept certificates before their valid-from, as the reference does. Default false.</summary>
    public bool AllowNotYetValid { get; init; }

    /// <summary>Accept a root that has expired, as the reference does. Default false.</summary>
    public bool AllowExpiredRoot { get; init; }

    /// <summary>
    /// Accept a root that an outside authority signed without checking that signature here: call
    /// <see cref="RootCertificate.VerifyAuthority"/> first. Default false. (QSTP §5.5)
    /// </summary>
    public bool AllowExternallySignedRoot { get; init; }

    /// <summary>
    /// The verification key of the outside authority that must have signed the root. Default empty: the root must have signed itself.
    /// (QSTP §5.5)
    /// </summary>
    public ReadOnlyMemory<byte> AuthorityKey { get; init; }

    internal WireClock WireClock => new(Clock, ClockOffset, WireClock.DefaultTolerance);
}
