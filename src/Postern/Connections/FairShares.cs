using System.Net;
using System.Runtime.InteropServices;

namespace Postern.Connections;

/// <summary>
/// A number of turns or of bytes that is shared out. While there is enough everyone gets their share at once; when there is not, networks are
/// served one after the other and each in its own order, so that a flood from one address costs the others no more than one of its
/// shares each time. (QSMP §6 row 9)
/// </summary>
/// <param name="capacity">All there is.</param>
/// <param name="perNetwork">What one network may have of it. Whoever asks for more than that gets that.</param>
internal sealed class FairShares(long capacity, long perNetwork)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, Line> _byNetwork = [];

    // Networks of which someone waits and that may have it, the next to be served first.
    private readonly LinkedList<Line> _waiting = new();
    private long _inUse;

    public long InUse
    {
        get
        {
            lock (_lock) return _inUse;
        }
    }

    /// <summary>Networks of which someone has something or waits.</summary>
    public int NetworkCount
    {
        get
        {
            lock (_lock) return _byNetwork.Count;
        }
    }

    /// <summary>Waits for a share; disposing of that gives it back.</summary>
    public async ValueTask<Share> TakeAsync(IPAddress network, long size, CancellationToken cancellationToken)
    {
        Share share;
        lock (_lock)
        {
            Line line = CollectionsMarshal.GetValueRefOrAddDefault(_byNetwork, network, out _) ??= new Line(network);
            share = new Share(this, line, Math.Min(size, perNetwork));
            line.Requests.AddLast(share.Node);
            Settle(line);
            GrantWaiting();
        }

        try
        {
            await share.Granted.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return share;
        }
        catch (OperationCanceledException)
        {
            share.Dispose();
            throw;
        }
    }

    // Of one that was granted, perhaps at this very moment, or that is waited for no longer.
    private void Return(Share share)
    {
        lock (_lock)
        {
            Line line = share.Line;
            if (share.Node.List is not null)
            {
                line.Requests.Remove(share.Node);
            }
            else
            {
                _inUse -= share.Size;
                line.InUse -= share.Size;
            }

            Settle(line);
            GrantWaiting();
        }
    }

    private void GrantWaiting()
    {
        while (_waiting.First is { Value: var line } && line.Requests.First!.Value is var next && _inUse + next.Size <= capacity)
        {
            _waiting.RemoveFirst();
            line.Requests.RemoveFirst();
            _inUse += next.Size;
            line.InUse += next.Size;
            Settle(line);
            next.Granted.SetResult();
        }
    }

    // Whether the network stands among those that are served, and in the table at all. One that comes goes behind the others.
    private void Settle(Line line)
    {
        bool isServed = line.Requests.First is { Value: var next } && line.InUse + next.Size <= perNetwork;
        if (isServed && line.Node.List is null) _waiting.AddLast(line.Node);
        else if (!isServed && line.Node.List is not null) _waiting.Remove(line.Node);
        if (line.InUse == 0 && line.Requests.Count == 0) _byNetwork.Remove(line.Network);
    }

    /// <summary>What someone has, or waits for.</summary>
    internal sealed class Share : IDisposable
    {
        private readonly FairShares _owner;
        private int _returned;

        public Share(FairShares owner, Line line, long size)
        {
            _owner = owner;
            Line = line;
            Size = size;
            Node = new LinkedListNode<Share>(this);
        }

        public Line Line { get; }

        public long Size { get; }

        /// <summary>In its line's requests until it is granted.</summary>
        public LinkedListNode<Share> Node { get; }

        public TaskCompletionSource Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0) _owner.Return(this);
        }
    }

    /// <summary>What one network has and waits for.</summary>
    internal sealed class Line
    {
        public Line(IPAddress network)
        {
            Network = network;
            Node = new LinkedListNode<Line>(this);
        }

        public IPAddress Network { get; }

        public long InUse { get; set; }

        public LinkedList<Share> Requests { get; } = new();

        /// <summary>In the networks that are served while it is one of them.</summary>
        public LinkedListNode<Line> Node { get; }
    }
}
