using Postern.Qstp;

namespace Postern.AspNetCore.Hosting;

/// <summary>A QSTP endpoint in configuration.</summary>
public sealed class QstpServerSettings : PosternServerSettings
{
    /// <summary>On the protocol's port.</summary>
    public QstpServerSettings() => Port = QstpServer.DefaultPort;

    /// <summary>File with the root's certificate.</summary>
    public string RootCertificate { get; set; } = "";

    /// <summary>File with the server's certificate.</summary>
    public string Certificate { get; set; } = "";

    /// <summary>File with the server's key, under a passphrase or not.</summary>
    public string Key { get; set; } = "";
}
