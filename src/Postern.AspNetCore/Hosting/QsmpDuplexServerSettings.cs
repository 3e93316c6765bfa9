using Postern.Qsmp;

namespace Postern.AspNetCore.Hosting;

/// <summary>A DUPLEX endpoint in configuration.</summary>
public sealed class QsmpDuplexServerSettings : PosternServerSettings
{
    /// <summary>On the protocol's port.</summary>
    public QsmpDuplexServerSettings() => Port = QsmpDuplexPeer.DefaultPort;

    /// <summary>File with the listener's private key, under a passphrase or not.</summary>
    public string Key { get; set; } = "";

    /// <summary>Folder with the public keys of those who may connect, which is watched; or the file of one.</summary>
    public string TrustedKeys { get; set; } = "";
}
