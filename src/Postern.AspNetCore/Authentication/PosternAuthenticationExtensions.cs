using Microsoft.AspNetCore.Authentication;

namespace Postern.AspNetCore.Authentication;

/// <summary>Authentication by the key of a DUPLEX peer.</summary>
public static class PosternAuthenticationExtensions
{
    /// <summary>
    /// Makes the DUPLEX peer at a request's tunnel its user: <c>NameIdentifier</c> is the fingerprint of its key, <c>Name</c> the key's identity, both in
    /// hexadecimal digits. Without a peer there is no user.
    /// </summary>
    public static AuthenticationBuilder AddPosternPeer(
        this AuthenticationBuilder builder, string scheme = PosternPeerDefaults.AuthenticationScheme, Action<PosternPeerOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddScheme<PosternPeerOptions, PosternPeerHandler>(scheme, configure);
    }
}
