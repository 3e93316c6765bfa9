namespace Postern.AspNetCore.Authentication;

/// <summary>Names of the authentication by DUPLEX key.</summary>
public static class PosternPeerDefaults
{
    /// <summary>The scheme's name.</summary>
    public const string AuthenticationScheme = "PosternPeer";

    /// <summary>A claim with the configuration set's name.</summary>
    public const string SuiteClaim = "postern:suite";
}
