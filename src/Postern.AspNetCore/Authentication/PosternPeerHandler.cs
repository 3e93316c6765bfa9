using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Postern.AspNetCore.Authentication;

/// <summary>The user is whoever the tunnel's handshake proved the client to be.</summary>
internal sealed class PosternPeerHandler(IOptionsMonitor<PosternPeerOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<PosternPeerOptions>(options, loggers, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        IPosternConnectionFeature? connection = Context.Features.Get<IPosternConnectionFeature>();
        if (connection?.PeerIdentity is not { Fingerprint: { } fingerprint } peer) return Task.FromResult(AuthenticateResult.NoResult());

        // The fingerprint is the key's; the name is what the peer calls its key, and another's may have the same.
        ClaimsIdentity identity = new(
            [
                new Claim(ClaimTypes.NameIdentifier, fingerprint, ClaimValueTypes.String, Scheme.Name),
                new Claim(ClaimTypes.Name, peer.Name, ClaimValueTypes.String, Scheme.Name),
                new Claim(PosternPeerDefaults.SuiteClaim, connection.Suite.Name, ClaimValueTypes.String, Scheme.Name),
                .. Options.AdditionalClaims?.Invoke(peer) ?? [],
            ],
            Scheme.Name);
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name)));
    }
}
