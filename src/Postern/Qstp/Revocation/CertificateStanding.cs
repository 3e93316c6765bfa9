namespace Postern.Qstp.Revocation;

/// <summary>Whether one certificate may be used, by what its monitor knows. All handshakes and channels of it share this.</summary>
internal sealed class CertificateStanding(RevocationMonitor monitor, string serialNumber, UInt128 serial) : IChannelTrust
{
    public string SerialNumber => serialNumber;

    public UInt128 Serial => serial;

    public ChannelException? Refusal => monitor.RefusalOf(this, isNew: false);

    /// <summary>Why no new channel may be made; null while it may.</summary>
    public ChannelException? RefusalOfNew => monitor.RefusalOf(this, isNew: true);

    public void Watch(SecureChannel channel) => monitor.Watch.Add(channel);

    /// <summary>Checks that a new channel may be made.</summary>
    /// <exception cref="ChannelException">No new channel may be made.</exception>
    public void ThrowIfRefused()
    {
        // Without the code for the peer: nothing was sent to it yet.
        if (RefusalOfNew is { } refusal) throw new ChannelException(refusal.Error, refusal.Message);
    }
}
