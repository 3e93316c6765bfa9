using System.Net;

namespace Postern.Load;

/// <summary>An echo behind one kind of tunnel.</summary>
internal interface ILoadServer : IAsyncDisposable
{
    EndPoint EndPoint { get; }

    int Connections { get; }

    int Pending { get; }
}
