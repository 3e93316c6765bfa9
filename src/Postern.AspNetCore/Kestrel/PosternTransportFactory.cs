using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Postern.AspNetCore.Kestrel;

/// <summary>Kestrel's transport for endpoints that speak one of the protocols; others stay with Kestrel's own.</summary>
internal sealed class PosternTransportFactory(ILoggerFactory loggers, PosternEndpoints endpoints) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is PosternEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        if (endpoint is not PosternEndPoint own) throw new NotSupportedException($"{endpoint} is no endpoint of this transport.");
        try
        {
            return ValueTask.FromResult<IConnectionListener>(new PosternConnectionListener(own, loggers, endpoints));
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(exception.Message, exception);
        }
    }
}
