using Postern.Qsmp;

namespace Postern.AspNetCore.Hosting;

/// <summary>A SIMPLEX endpoint in configuration.</summary>
public sealed class QsmpSimplexServerSettings : PosternServerSettings
{
    /// <summary>On the protocol's port.</summary>
    public QsmpSimplexServerSettings() => Port = QsmpSimplexServer.DefaultPort;

    /// <summary>File with the server's private key, under a passphrase or not.</summary>
    public string Key { get; set; } = "";
}
