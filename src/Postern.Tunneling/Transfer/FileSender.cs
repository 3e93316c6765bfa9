using System.Security.Cryptography;

namespace Postern.Tunneling;

/// <summary>
/// Sends a file over a channel to a <see cref="FileReceiver"/>, from where an earlier attempt broke off. Give the channel's
/// <see cref="ChannelOptions.PacketTolerance"/> room for a slow disk. (docs/wire-extensions.md, file transfer)
/// </summary>
public sealed class FileSender
{
    private static readonly TimeSpan ReasonTime = TimeSpan.FromSeconds(1);

    /// <summary>Longest time for the peer to take a message or to send one, beside what its disk needs. Default one minute; 10 ms to 31 days.</summary>
    public TimeSpan StallTimeout
    {
        get;
        init => field = OptionCheck.Wait(value);
    } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// Offers the file, sends what the receiver lacks and waits until it has verified the whole. Says goodbye; the channel remains the
    /// caller's to dispose of.
    /// </summary>
    /// <param name="channel">The channel. Nobody else uses it.</param>
    /// <param name="file">The file.</param>
    /// <param name="progress">Where progress is reported, on the thread that sends; null for nowhere.</param>
    /// <param name="cancellationToken">Breaks the transfer off. What the receiver has stays there for the next attempt.</param>
    /// <exception cref="ChannelException">The connection failed. Another attempt goes on from there.</exception>
    /// <exception cref="TransferException">The receiver refused it, the file changed, or the peer broke the protocol.</exception>
    public async Task<TransferResult> SendAsync(
        SecureChannel channel, OutgoingFile file, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        ArgumentNullException.ThrowIfNull(file);
        using TransferLink link = new(channel, StallTimeout, cancellationToken);
        using MessageBuffers buffers = new(3, link.MaxMessageSize);
        try
        {
            TransferResult result = await new Attempt(link, file, buffers, progress, cancellationToken).RunAsync().ConfigureAwait(false);
            await link.EndAsync().ConfigureAwait(false);
            return result;
        }
        catch (TransferException exception)
        {
            await link.FailAsync(exception).ConfigureAwait(false);
            throw;
        }
        finally
        {
            await link.CancelWatchAsync().ConfigureAwait(false);
        }
    }

    private sealed class Attempt(
        TransferLink link, OutgoingFile file, MessageBuffers buffers, IProgress<TransferProgress>? progress, CancellationToken cancellationToken)
    {
        private bool _isThere;

        // The other two hold data: one is sent while the other is read.
        private Memory<byte> Answers => buffers[2];

        public async Task<TransferResult> RunAsync()
        {
            await link.SendAsync(file.Offer.ToMessage()).ConfigureAwait(false);
            int size = await link.ReceiveAsync(Answers, link.PatienceFor(file.Size)).ConfigureAwait(false);
            (ulong offset, byte[] digest) = TransferLink.Expect(TransferMessage.Answer, Answers.Span[..size], TransferMessages.ParseAnswer);
            if (offset > (ulong)file.Size) throw TransferLink.Unexpected($"it claims to have {offset} of {file.Size} bytes");
            using IncrementalHash hash = FileDigest.Create();
            long begin = await ResumeAsync(hash, (long)offset, digest).ConfigureAwait(false);
            await link.SendAsync(TransferMessages.Begin(begin)).ConfigureAwait(false);
            await SendDataAsync(hash, begin).ConfigureAwait(false);
            if (!_isThere) file.ExpectUnchanged(hash.GetHashAndReset());
            await link.SendAsync(new byte[] { (byte)TransferMessage.End }).ConfigureAwait(false);
            size = await link.WatchedAsync(link.PatienceFor(file.Size)).ConfigureAwait(false);
            TransferLink.ExpectBare(TransferMessage.Done, Answers.Span[..size]);
            return new TransferResult { Name = file.Name, Size = file.Size, Sha256 = file.Sha256, ResumedFrom = begin };
        }

        // From where to go on: the receiver's bytes, if they are ours, else the start.
        private async Task<long> ResumeAsync(IncrementalHash hash, long offset, byte[] digest)
        {
            _isThere = offset == file.Size && digest.AsSpan().SequenceEqual(file.Offer.Digest);
            if (_isThere) return offset;
            await file.AppendPrefixAsync(hash, offset, done => Report(TransferPhase.Hashing, done), cancellationToken).ConfigureAwait(false);
            if (hash.GetCurrentHash().AsSpan().SequenceEqual(digest)) return offset;
            hash.GetHashAndReset();
            return 0;
        }

        // One message is sealed and sent while the next is read and hashed.
        private async Task SendDataAsync(IncrementalHash hash, long begin)
        {
            Task<int> watch = link.Watch(Answers);
            int most = link.MaxMessageSize - 1;
            long position = begin;
            int turn = 0;
            Task<int> next = ReadAsync(hash, buffers[turn], position, most);
            try
            {
                Report(TransferPhase.Moving, position);
                while (await next.ConfigureAwait(false) is > 0 and int size)
                {
                    Memory<byte> message = buffers[turn][..(1 + size)];
                    turn ^= 1;
                    next = ReadAsync(hash, buffers[turn], position + size, most);
                    if (watch.IsCompleted) await ExpectNothingAsync(watch).ConfigureAwait(false);
                    await SendDataAsync(message).ConfigureAwait(false);
                    position += size;
                    Report(TransferPhase.Moving, position);
                }
            }
            finally
            {
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        private async Task SendDataAsync(Memory<byte> message)
        {
            try
            {
                await link.SendAsync(message).ConfigureAwait(false);
            }
            catch (ChannelException)
            {
                // If the receiver gave up and left, its reason says more than the broken connection.
                await ThrowReasonAsync().ConfigureAwait(false);
                throw;
            }
        }

        private async Task ThrowReasonAsync()
        {
            try
            {
                await link.WatchedAsync(ReasonTime).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is ChannelException or TransferException { IsFromPeer: false })
            {
                // It gave none.
            }
        }

        private Task<int> ReadAsync(IncrementalHash hash, Memory<byte> message, long position, int most) => Task.Run(
            () =>
            {
                int size = (int)Math.Min(most, file.Size - position);
                message.Span[0] = (byte)TransferMessage.Data;
                file.Read(message.Span.Slice(1, size), position);
                hash.AppendData(message.Span.Slice(1, size));
                return size;
            },
            CancellationToken.None);

        private async Task ExpectNothingAsync(Task<int> watch)
        {
            await watch.ConfigureAwait(false);
            throw TransferLink.Unexpected($"message of type {Answers.Span[0]} while data were sent");
        }

        private void Report(TransferPhase phase, long done) => progress?.Report(new TransferProgress(phase, file.Name, done, file.Size));
    }
}
