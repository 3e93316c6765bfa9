using System.Runtime.InteropServices;
using Postern.Cryptography;

namespace Postern.Connections;

/// <summary>
/// Seals and opens messages of different channels side by side, on one thread. Each channel's lock is taken for as long as the batch runs, and
/// never waited for: whoever cannot have it at once is served alone afterwards, when all locks are given back. So is a message that lies in
/// memory of someone's own kind, for that may fail when it is looked at, and the failure must be its own channel's only.
/// </summary>
internal sealed class PacketBatch
{
    /// <summary>Requests that are done at once: what the cipher has lanes for, of either kind.</summary>
    public const int Capacity = 16;

    private readonly RcsBatch _ciphers = new();
    private readonly RcsSealJob[] _sealJobs = new RcsSealJob[Capacity];
    private readonly RcsOpenJob[] _openJobs = new RcsOpenJob[Capacity];
    private readonly bool[] _genuine = new bool[Capacity];
    private readonly ChannelException?[] _refusals = new ChannelException?[Capacity];
    private readonly PacketRequest[] _seals = new PacketRequest[Capacity];
    private readonly PacketRequest[] _opens = new PacketRequest[Capacity];
    private readonly PacketRequest[] _alone = new PacketRequest[Capacity];
    private int _sealCount;
    private int _openCount;
    private int _aloneCount;

    /// <summary>Does up to <see cref="Capacity"/> requests and tells those who wait.</summary>
    public void Run(ReadOnlySpan<PacketRequest> requests)
    {
        foreach (PacketRequest request in requests) TryBegin(request);
        Exception? broken = RunCiphers();
        for (int i = 0; i < _sealCount; i++) _seals[i].Channel.EndSeal(_seals[i].MessageSize);
        for (int i = 0; i < _openCount; i++) _refusals[i] = EndOpen(_opens[i], broken is null && _genuine[i]);

        // No lock is held from here on.
        for (int i = 0; i < _sealCount; i++) _seals[i].Complete(broken);
        for (int i = 0; i < _openCount; i++)
        {
            if (_refusals[i] is not null) _opens[i].Channel.Dispose();
            _opens[i].Complete(broken ?? _refusals[i]);
        }

        for (int i = 0; i < _aloneCount; i++) RunAlone(_alone[i]);
        Clear();
    }

    // A clock of someone's own may fail: that is its own channel's failure only. Whoever waits goes on elsewhere, without the locks held here.
    private void TryBegin(PacketRequest request)
    {
        try
        {
            Begin(request);
        }
#pragma warning disable CA1031 // As below.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            request.Complete(exception);
        }
    }

    private void Begin(PacketRequest request)
    {
        if (!IsArray(request.Input) || !IsArray(request.Output)) _alone[_aloneCount++] = request;
        else if (request.IsSeal && request.Channel.TryBeginSeal(request.Input, request.Output, out _sealJobs[_sealCount])) _seals[_sealCount++] = request;
        else if (!request.IsSeal && request.Channel.TryBeginOpen(request.Input, request.Output, out _openJobs[_openCount])) _opens[_openCount++] = request;
        else _alone[_aloneCount++] = request;
    }

    private static bool IsArray(ReadOnlyMemory<byte> memory) => MemoryMarshal.TryGetArray(memory, out _);

    // What is left half done by a defect must not be sent, or taken for genuine: every channel of the batch ends.
    private Exception? RunCiphers()
    {
        try
        {
            _ciphers.Seal(_sealJobs.AsSpan(0, _sealCount));
            _ciphers.TryOpen(_openJobs.AsSpan(0, _openCount), _genuine.AsSpan(0, _openCount));
            return null;
        }
#pragma warning disable CA1031 // Those who wait get it.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception;
        }
    }

    private static ChannelException? EndOpen(PacketRequest request, bool genuine)
    {
        try
        {
            request.Channel.EndOpen(request.Input.Span, genuine, request.MessageSize);
            return null;
        }
        catch (ChannelException exception)
        {
            return exception;
        }
    }

    private static void RunAlone(PacketRequest request)
    {
        try
        {
            if (request.IsSeal) request.Channel.SealMessage(request.Input.Span, request.Output.Span);
            else request.Channel.Open(request.Input.Span, request.Output.Span);
        }
#pragma warning disable CA1031 // As above.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            request.Complete(exception);
            return;
        }

        request.Complete(null);
    }

    private void Clear()
    {
        Array.Clear(_sealJobs);
        Array.Clear(_openJobs);
        Array.Clear(_refusals);
        Array.Clear(_seals);
        Array.Clear(_opens);
        Array.Clear(_alone);
        _sealCount = 0;
        _openCount = 0;
        _aloneCount = 0;
    }
}
