namespace Postern.Handshakes;

/// <summary>What a handshake's owner may change about it.</summary>
internal sealed record HandshakeSettings
{
    public static HandshakeSettings Default { get; } = new();

    /// <summary>The one code that every error packet of this side carries; null for the one that fits.</summary>
    public byte? OnlyCode { get; init; }

    /// <summary>The form of the channel's cipher.</summary>
    public ChannelCipher Cipher { get; init; } = ChannelCipher.Rcs;

    /// <summary>Where a responder's ephemeral keys come from.</summary>
    public EphemeralKeys EphemeralKeys { get; init; } = EphemeralKeys.Fresh;
}
