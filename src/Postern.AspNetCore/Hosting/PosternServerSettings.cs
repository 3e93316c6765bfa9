using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Postern.AspNetCore.Hosting;

/// <summary>What configuration says of an endpoint, whatever its protocol.</summary>
public abstract class PosternServerSettings
{
    private protected PosternServerSettings()
    {
    }

    /// <summary>IP address to listen on. Default <c>::</c>, which takes IPv4 too.</summary>
    public string Address { get; set; } = "::";

    /// <summary>TCP port; 0 for one that is free. Default the protocol's.</summary>
    public int Port { get; set; }

    /// <summary>HTTP/1.1 or, for clients that know it, HTTP/2. Default HTTP/1.1.</summary>
    public HttpProtocols Protocols { get; set; } = HttpProtocols.Http1;

    /// <summary>File whose first line is the passphrase of the keys; null if they have none or a variable has it.</summary>
    public string? PassphraseFile { get; set; }

    /// <summary>Environment variable with the passphrase of the keys.</summary>
    public string? PassphraseVariable { get; set; }

    /// <inheritdoc cref="ConnectionLimits.HandshakeTimeout"/>
    public TimeSpan HandshakeTimeout { get; set; } = ConnectionLimits.Default.HandshakeTimeout;

    /// <inheritdoc cref="ConnectionLimits.IdleTimeout"/>
    public TimeSpan IdleTimeout { get; set; } = ConnectionLimits.Default.IdleTimeout;

    /// <inheritdoc cref="ConnectionLimits.MaxConnections"/>
    public int MaxConnections { get; set; } = ConnectionLimits.Default.MaxConnections;

    /// <inheritdoc cref="ConnectionLimits.MaxConnectionsPerAddress"/>
    public int MaxConnectionsPerAddress { get; set; } = ConnectionLimits.Default.MaxConnectionsPerAddress;

    /// <inheritdoc cref="ConnectionLimits.MaxConnectsPerSecondPerAddress"/>
    public int MaxConnectsPerSecondPerAddress { get; set; } = ConnectionLimits.Default.MaxConnectsPerSecondPerAddress;

    /// <inheritdoc cref="ChannelOptions.PacketTolerance"/>
    public TimeSpan PacketTolerance { get; set; } = TimeSpan.FromMinutes(1);

    internal ConnectionLimits Limits => new()
    {
        HandshakeTimeout = HandshakeTimeout,
        IdleTimeout = IdleTimeout,
        MaxConnections = MaxConnections,
        MaxConnectionsPerAddress = MaxConnectionsPerAddress,
        MaxConnectsPerSecondPerAddress = MaxConnectsPerSecondPerAddress,
    };
}
