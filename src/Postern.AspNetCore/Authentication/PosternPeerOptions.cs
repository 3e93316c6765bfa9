using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace Postern.AspNetCore.Authentication;

/// <summary>How a DUPLEX peer becomes a user.</summary>
public sealed class PosternPeerOptions : AuthenticationSchemeOptions
{
    /// <summary>More claims of a peer, such as its roles; asked for each request. Default none.</summary>
    public Func<PeerIdentity, IEnumerable<Claim>>? AdditionalClaims { get; set; }
}
