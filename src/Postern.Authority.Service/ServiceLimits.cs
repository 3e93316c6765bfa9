namespace Postern.Authority.Service;

/// <summary>How often one IPv4 address or IPv6 /64 network may call.</summary>
internal sealed record ServiceLimits
{
    /// <summary>Largest body of a request: the largest renewal has a quarter of it.</summary>
    public const int MaxBodySize = 1024 * 1024;

    /// <summary>Plain connections of one network at a time: 1024 are all that there are. Inside tunnels their own limit holds.</summary>
    public const int MaxConnectionsPerNetwork = 64;

    /// <summary>Calls at a moment. Default 60.</summary>
    public int Burst { get; init; } = 60;

    /// <summary>Calls a second after that. Default 10.</summary>
    public int PerSecond { get; init; } = 10;

    /// <summary>A minute: enrolments, renewals and requests, whoever asks; and as many administrators' calls with a wrong token. Default 20.</summary>
    public int AttemptsPerMinute { get; init; } = 20;
}
