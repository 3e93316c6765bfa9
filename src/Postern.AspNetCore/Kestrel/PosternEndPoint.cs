using System.Net;
using System.Net.Sockets;

namespace Postern.AspNetCore.Kestrel;

/// <summary>A TCP address on which a tunnel protocol is spoken. Tells Kestrel whose transport it is.</summary>
internal sealed class PosternEndPoint(EndPoint address, EndpointProtocol protocol) : EndPoint
{
    public EndPoint Address => address;

    public EndpointProtocol Protocol => protocol;

    public override AddressFamily AddressFamily => address.AddressFamily;

    /// <summary>The address alone: the server's list of addresses is made of it.</summary>
    public override string ToString() => address.ToString()!;
}
