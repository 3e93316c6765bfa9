namespace Postern.AspNetCore.Kestrel;

/// <summary>What the application may know of, and do with, the channel below it.</summary>
internal sealed class PosternConnectionFeature(SecureChannel channel) : IPosternConnectionFeature
{
    public string Protocol => channel.Context.Protocol;

    public Suite Suite => channel.Suite;

    public PeerIdentity? PeerIdentity => channel.PeerIdentity;

    public ChannelStatus GetStatus() => channel.GetStatus();

    public ValueTask RatchetAsync(RatchetKind kind = RatchetKind.Symmetric, CancellationToken cancellationToken = default) =>
        channel.RatchetAsync(kind, cancellationToken);
}
