using System.Collections.Concurrent;

namespace Postern.AspNetCore.Kestrel;

/// <summary>The application's endpoints that speak one of the protocols, for its health check.</summary>
internal sealed class PosternEndpoints
{
    private readonly ConcurrentDictionary<object, (string Name, EndpointProtocol Protocol)> _listening = new(ReferenceEqualityComparer.Instance);

    /// <summary>Those that listen now.</summary>
    public IEnumerable<(string Name, EndpointProtocol Protocol)> Listening => _listening.Values;

    public void Add(object listener, string name, EndpointProtocol protocol) => _listening[listener] = (name, protocol);

    public void Remove(object listener) => _listening.TryRemove(listener, out _);
}
