using System.Buffers;
using Postern.Channels;
using Postern.Connections;
using Postern.Packets;

namespace Postern.Handshakes;

/// <summary>
/// Runs a handshake over a transport: the only part of it that waits. On failure it tells the peer why, in the form and with the code
/// that the handshake names. (QSTP §6.7)
/// </summary>
internal static class HandshakeDriver
{
    // What a refused peer may still have on its way: reading it lets our error packet arrive before the connection is reset.
    private const int DrainLimit = 64 * 1024;
    private static readonly TimeSpan DrainTime = TimeSpan.FromMilliseconds(250);

    /// <summary>Sends and receives until the handshake is complete.</summary>
    /// <param name="handshake">The machine; the caller disposes of it.</param>
    /// <param name="transport">The connection. After a failure it is still the caller's to close.</param>
    /// <param name="gate">Bounds how many handshakes compute signatures at once, and the memory of large packets; null for no bound.</param>
    /// <param name="timeout">Deadline of the whole handshake.</param>
    /// <param name="cancellationToken">Ends the handshake where it stands.</param>
    /// <exception cref="ChannelException">The handshake failed; the peer has been told where the protocol says so.</exception>
    public static async Task<ChannelKeys> RunAsync(
        Handshake handshake,
        PacketTransport transport,
        HandshakeGate.Place? gate,
        TimeSpan timeout,
        CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        FairShares.Share? memory = null;
        try
        {
            while (handshake.Next != HandshakeStep.Complete)
            {
                // After a header, which is checked before the packet it announces costs anything.
                bool isReceiving = handshake.Next == HandshakeStep.Receive;
                if (isReceiving) await ReceiveHeaderAsync(handshake, transport, deadline.Token).ConfigureAwait(false);

                // From the first large packet to the handshake's end: one that was written is still in the system's buffers while the peer does
                // not read. The large packets of a set are alike, so that one share does for all.
                if (gate is not null) memory ??= await gate.TakeMemoryAsync(handshake.PacketSize, deadline.Token).ConfigureAwait(false);
                if (isReceiving) await ReceiveAsync(handshake, transport, gate, deadline.Token).ConfigureAwait(false);
                else await SendAsync(handshake, transport, gate, deadline.Token).ConfigureAwait(false);
            }

            return handshake.TakeKeys();
        }
        catch (ChannelException exception) when (exception.WireCode is { } code)
        {
            await ReportAsync(handshake, transport, code).ConfigureAwait(false);
            throw;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ChannelException(
                ChannelError.HandshakeTimeout, $"The handshake did not finish within {timeout.TotalSeconds:0.#} s: is there a peer of this protocol?", exception);
        }
        catch (Exception exception) when (exception is not (ChannelException or OperationCanceledException))
        {
            // Any stream may be below, and fail in its own way.
            throw new ChannelException(ChannelError.ConnectionLost, "The connection failed during the handshake.", exception);
        }
        finally
        {
            memory?.Dispose();
        }
    }

    /// <summary>Sends an error packet and lets it arrive. Never throws: the connection is lost anyway.</summary>
    public static async Task ReportAsync(Handshake handshake, PacketTransport transport, byte code)
    {
        byte[] packet = new byte[Handshake.ErrorPacketSize];
        handshake.WriteError(code, packet);
        using CancellationTokenSource deadline = new(DrainTime);
        try
        {
            await transport.WriteAsync(packet, deadline.Token).ConfigureAwait(false);
            transport.ShutdownSend();
            await transport.DrainAsync(DrainLimit, deadline.Token).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // As above.
        catch
#pragma warning restore CA1031
        {
            // The peer has gone, or does not read. It learns nothing, as the reference's peers do.
        }
    }

    private static async Task SendAsync(
        Handshake handshake, PacketTransport transport, HandshakeGate.Place? gate, CancellationToken cancellationToken)
    {
        int size = handshake.PacketSize;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            await InTurnAsync(handshake, gate, () => handshake.Write(buffer.AsSpan(0, size)), cancellationToken).ConfigureAwait(false);
            await transport.WriteAsync(buffer.AsMemory(0, size), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // What computes keys and signatures waits its turn.
    private static async ValueTask InTurnAsync(Handshake handshake, HandshakeGate.Place? gate, Action work, CancellationToken cancellationToken)
    {
        if (gate is null || !handshake.NextIsCostly)
        {
            work();
            return;
        }

        using FairShares.Share turn = await gate.TakeTurnAsync(cancellationToken).ConfigureAwait(false);
        work();
    }

    private static async Task ReceiveHeaderAsync(Handshake handshake, PacketTransport transport, CancellationToken cancellationToken)
    {
        int size = handshake.PacketSize;
        await FillAsync(handshake, transport, PacketHeader.Size, cancellationToken).ConfigureAwait(false);
        try
        {
            // The header alone tells an error packet, which is shorter than what the stage expects. (QSTP §6.7, last paragraph)
            handshake.ReadHeader(transport.Buffered.Span[..PacketHeader.Size]);
        }
        catch (ChannelException exception) when (exception.Error == ChannelError.PeerReportedError)
        {
            throw await ReadPeerErrorAsync(exception, handshake, size, transport, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task ReceiveAsync(
        Handshake handshake, PacketTransport transport, HandshakeGate.Place? gate, CancellationToken cancellationToken)
    {
        int size = handshake.PacketSize;
        await FillAsync(handshake, transport, size, cancellationToken).ConfigureAwait(false);
        await InTurnAsync(handshake, gate, () => handshake.Read(transport.Buffered.Span[..size]), cancellationToken).ConfigureAwait(false);
        transport.Consume(size);
    }

    private static async ValueTask FillAsync(Handshake handshake, PacketTransport transport, int size, CancellationToken cancellationToken)
    {
        if (await transport.FillAsync(size, cancellationToken).ConfigureAwait(false)) return;
        int got = transport.Buffered.Length;
        throw handshake.Failure(
            ChannelError.ConnectionLost,
            $"The peer ended the connection {(got == 0 ? "instead of answering" : $"after {got} of {size} bytes")}.");
    }

    private static async Task<ChannelException> ReadPeerErrorAsync(
        ChannelException exception, Handshake handshake, int expectedSize, PacketTransport transport, CancellationToken cancellationToken)
    {
        if (!await transport.FillAsync(Handshake.ErrorPacketSize, cancellationToken).ConfigureAwait(false)) return exception;
        bool isWhole = transport.Buffered.Length >= expectedSize || PacketHeader.Read(transport.Buffered.Span).Length == expectedSize - PacketHeader.Size;
        return handshake.PeerError(transport.Buffered.Span[PacketHeader.Size], isWhole);
    }
}
