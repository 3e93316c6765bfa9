using System.Net;

namespace Postern.Connections;

/// <summary>Addresses as people write them.</summary>
internal static class EndPointText
{
    /// <summary><c>host:port</c>; a name's own text would put its address family in front.</summary>
    public static string Of(EndPoint endPoint) => endPoint is DnsEndPoint name ? $"{name.Host}:{name.Port}" : $"{endPoint}";
}
