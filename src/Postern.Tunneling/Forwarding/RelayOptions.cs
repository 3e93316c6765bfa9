using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Postern.Tunneling;

/// <summary>How a relay treats its channel.</summary>
public sealed record RelayOptions
{
    /// <summary>The defaults.</summary>
    public static RelayOptions Default { get; } = new();

    /// <summary>
    /// Ratchet after so many bytes were sent on the channel, and again after as many. Default never (null). A client's channel must
    /// allow it.
    /// </summary>
    public long? RatchetAfterBytes
    {
        get;
        init => field = OptionCheck.PositiveOrNull(value);
    }

    /// <summary>Where each ratchet is logged. Default nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Ratchet after so many messages were sent on the channel. Default never (null).</summary>
    public long? RatchetAfterMessages
    {
        get;
        init => field = OptionCheck.PositiveOrNull(value);
    }
}
