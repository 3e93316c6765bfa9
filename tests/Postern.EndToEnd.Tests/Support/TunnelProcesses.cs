using System.Net;

namespace Postern.EndToEnd.Tests.Support;

/// <summary><c>expose</c> and <c>forward</c> as processes of their own, in front of a target.</summary>
internal sealed class TunnelProcesses : IAsyncDisposable
{
    private TunnelProcesses(PosternProcess expose, PosternProcess forward, IPEndPoint endPoint)
    {
        Expose = expose;
        Forward = forward;
        EndPoint = endPoint;
    }

    public PosternProcess Expose { get; }

    public PosternProcess Forward { get; }

    /// <summary>Where plain connections are accepted.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Starts both and waits until they listen.</summary>
    /// <param name="target">Where connections lead.</param>
    /// <param name="multiplex">One tunnel for all, else one for each.</param>
    /// <param name="forwarding">More options of the forwarder.</param>
    public static async Task<TunnelProcesses> StartAsync(EndPoint target, bool multiplex, params string[] forwarding)
    {
        string[] common = multiplex ? ["--multiplex"] : [];
        PosternProcess expose = PosternProcess.Expose(target, common);
        PosternProcess forward = PosternProcess.Forward(await expose.ListeningAsync(), [.. common, .. forwarding]);
        return new TunnelProcesses(expose, forward, await forward.ListeningAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await Forward.DisposeAsync();
        await Expose.DisposeAsync();
    }
}
