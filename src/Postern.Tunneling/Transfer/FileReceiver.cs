namespace Postern.Tunneling;

/// <summary>
/// Receives files from a <see cref="FileSender"/> into a folder. What arrives is kept beside its target until all of it is there and its
/// digest is right; only then it gets its name. One receiver serves any number of channels at once. Give their
/// <see cref="ChannelOptions.PacketTolerance"/> room for a slow disk. (docs/wire-extensions.md, file transfer)
/// </summary>
public sealed class FileReceiver
{
    private readonly FileReceiverOptions _options;

    /// <summary>A receiver into a folder.</summary>
    public FileReceiver(FileReceiverOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    /// <summary>Receives one file and says goodbye. The channel remains the caller's to dispose of.</summary>
    /// <param name="channel">The channel. Nobody else uses it.</param>
    /// <param name="progress">Where progress is reported, on the thread that receives; null for nowhere.</param>
    /// <param name="cancellationToken">Breaks the transfer off. What has arrived stays for the next attempt.</param>
    /// <exception cref="ChannelException">The connection failed. Another attempt goes on from there.</exception>
    /// <exception cref="TransferException">The offer was refused, the file cannot be written, or the peer gave up or broke the protocol.</exception>
    public async Task<TransferResult> ReceiveAsync(
        SecureChannel channel, IProgress<TransferProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(channel);
        using TransferLink link = new(channel, _options.StallTimeout, cancellationToken);
        using MessageBuffers buffers = new(2, link.MaxMessageSize);
        try
        {
            TransferResult result = await new Attempt(link, _options, buffers, progress, cancellationToken).RunAsync().ConfigureAwait(false);
            await link.EndAsync([(byte)TransferMessage.Done]).ConfigureAwait(false);
            return result;
        }
        catch (TransferException exception)
        {
            await link.FailAsync(exception).ConfigureAwait(false);
            throw;
        }
    }

    private sealed class Attempt(
        TransferLink link,
        FileReceiverOptions options,
        MessageBuffers buffers,
        IProgress<TransferProgress>? progress,
        CancellationToken cancellationToken)
    {
        private FileOffer _offer = null!;

        private string Target => Path.Combine(options.Folder, _offer.Name);

        public async Task<TransferResult> RunAsync()
        {
            int size = await link.ReceiveAsync(buffers[0]).ConfigureAwait(false);
            _offer = TransferLink.Expect(TransferMessage.Offer, buffers[0].Span[..size], FileOffer.Parse);
            if (_offer.Size > options.MaxSize)
            {
                throw new TransferException(TransferError.TooLarge, $"The file has {_offer.Size} bytes, more than the {options.MaxSize} that the receiver takes.");
            }

            // Locked first: nobody else finishes the same file while this one looks what is there.
            using PartialFile part = PartialFile.Open(options, _offer);
            try
            {
                return new TransferResult
                {
                    Name = _offer.Name,
                    Path = Target,
                    Size = _offer.Size,
                    Sha256 = Convert.ToHexStringLower(_offer.Digest),
                    ResumedFrom = await ReceiveAsync(part).ConfigureAwait(false),
                };
            }
            catch (TransferException exception) when (exception.Error is TransferError.DigestMismatch or TransferError.SourceChanged)
            {
                part.Restart();
                throw;
            }
            finally
            {
                part.DeleteIfEmpty();
            }
        }

        private async Task<long> ReceiveAsync(PartialFile part)
        {
            if (await TargetFile.IsThereAsync(options, _offer, Hashing, cancellationToken).ConfigureAwait(false))
            {
                part.Restart();
                long end = await AgreeAsync(_offer.Size, _offer.Digest).ConfigureAwait(false);
                if (end != _offer.Size) throw TransferLink.Unexpected("it begins again with a file that is there");
                await ReceiveDataAsync(part, end).ConfigureAwait(false);
                return end;
            }

            await part.HashAsync(_offer.Size, Hashing, cancellationToken).ConfigureAwait(false);
            if (part.Length == _offer.Size && !IsRight(part)) part.Restart();
            ExpectRoom(_offer.Size - part.Length);
            long begin = await AgreeAsync(part.Length, part.Digest).ConfigureAwait(false);
            if (begin < part.Length) part.Restart();
            await ReceiveDataAsync(part, begin).ConfigureAwait(false);
            if (!IsRight(part)) throw new TransferException(TransferError.DigestMismatch, "What arrived is not what was offered: its SHA-256 differs.");
            await Task.Run(() => part.Commit(Target, _offer.Modified, options.Overwrites), CancellationToken.None).ConfigureAwait(false);
            return begin;
        }

        // The sender goes on from what is there, or from the start if that is not the same as its own.
        private async Task<long> AgreeAsync(long have, byte[] digest)
        {
            await link.SendAsync(TransferMessages.Answer(have, digest)).ConfigureAwait(false);
            int size = await link.ReceiveAsync(buffers[0], link.PatienceFor(have)).ConfigureAwait(false);
            ulong begin = TransferLink.Expect(TransferMessage.Begin, buffers[0].Span[..size], TransferMessages.ParseBegin);
            if (begin != 0 && begin != (ulong)have) throw TransferLink.Unexpected($"it begins at {begin}, neither at 0 nor at {have}");
            return (long)begin;
        }

        // One message is written and hashed while the next is received.
        private async Task ReceiveDataAsync(PartialFile part, long begin)
        {
            long position = begin;
            int turn = 0;
            Task writing = Task.CompletedTask;
            try
            {
                while (true)
                {
                    Report(TransferPhase.Moving, position);
                    Memory<byte> buffer = buffers[turn];
                    int size = await link.ReceiveAsync(buffer).ConfigureAwait(false);
                    await writing.ConfigureAwait(false);
                    Memory<byte> message = buffer[..size];
                    if (message.Span[0] == (byte)TransferMessage.End)
                    {
                        TransferLink.ExpectBare(TransferMessage.End, message.Span);
                        break;
                    }

                    Memory<byte> data = DataIn(message, position);
                    writing = Task.Run(() => part.Append(data.Span), CancellationToken.None);
                    position += data.Length;
                    turn ^= 1;
                }

                if (position != _offer.Size) throw TransferLink.Unexpected($"it ended after {position} of {_offer.Size} bytes");
            }
            finally
            {
                await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        private Memory<byte> DataIn(Memory<byte> message, long position)
        {
            if (message.Span[0] != (byte)TransferMessage.Data) throw TransferLink.Unexpected($"message of type {message.Span[0]} among the data");
            Memory<byte> data = message[1..];
            if (data.IsEmpty) throw TransferLink.Unexpected("data message without data");
            return data.Length <= _offer.Size - position ? data : throw TransferLink.Unexpected($"more than the {_offer.Size} bytes that were offered");
        }

        private bool IsRight(PartialFile part) => part.Digest.AsSpan().SequenceEqual(_offer.Digest);

        private void ExpectRoom(long bytes)
        {
            long free = options.FreeSpaceOf(options.Folder);
            if (bytes > free) throw new TransferException(TransferError.NoSpace, $"{bytes} bytes are to come, and the receiver's disk has room for {free}.");
        }

        private void Hashing(long done) => Report(TransferPhase.Hashing, done);

        private void Report(TransferPhase phase, long done) => progress?.Report(new TransferProgress(phase, _offer.Name, done, _offer.Size));
    }
}
