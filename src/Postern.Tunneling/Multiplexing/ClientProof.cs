using System.Buffers.Binary;
using Postern.Qsmp;

namespace Postern.Tunneling;

/// <summary>
/// A client that QSTP and SIMPLEX leave anonymous proves inside the tunnel who it is, by a signature with a key of QSMP that the server trusts.
/// </summary>
/// <param name="key">Its key, which remains the caller's to dispose of.</param>
public sealed class ClientProof(QsmpPrivateKey key)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly QsmpPrivateKey _key = key ?? throw new ArgumentNullException(nameof(key));

    /// <summary>Signs the server's challenge.</summary>
    /// <exception cref="IOException">The server does not ask for a proof, or does not take this one.</exception>
    internal async Task ShowAsync(StreamMultiplexer multiplexer, SecureChannel channel, CancellationToken cancellationToken)
    {
        string server = channel.PeerIdentity is { } peer
            ? peer.Fingerprint ?? peer.Name
            : throw new IOException("The server has no identity that a proof could be made for.");
        MultiplexedStream stream = await multiplexer.OpenAsync(StreamTarget.Authenticate.ToString(), null, cancellationToken).ConfigureAwait(false);
        await FramedBytes.WithinAsync(stream, Patience, () => AnswerAsync(stream, server), cancellationToken).ConfigureAwait(false);
    }

    private async Task AnswerAsync(MultiplexedStream stream, string server)
    {
        byte[] challenge = await FramedBytes.ReadAsync(stream, ClientProofMessage.ChallengeSize).ConfigureAwait(false);
        int headSize = QsmpProtocol.KeyIdentitySize + sizeof(uint);
        byte[] answer = new byte[headSize + _key.Suite.Signature.SignatureSize];
        _key.Identity.CopyTo(answer);
        BinaryPrimitives.WriteInt32LittleEndian(answer.AsSpan(QsmpProtocol.KeyIdentitySize), _key.Suite.Signature.SignatureSize);
        _key.Sign(ClientProofMessage.Create(challenge, server, _key.Identity), answer.AsSpan(headSize));
        if (await SendAsync(stream, answer).ConfigureAwait(false) != 0) throw new IOException("The server's answer to a proof has a form that is unknown here.");
    }

    // A server that does not take it ends the tunnel, and gives strangers no reason.
    private async Task<int> SendAsync(MultiplexedStream stream, byte[] answer)
    {
        try
        {
            await stream.WriteAsync(answer).ConfigureAwait(false);
            await stream.CompleteAsync().ConfigureAwait(false);
            return await stream.ReadAsync(new byte[1]).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or ChannelException)
        {
            throw new IOException(
                $"The tunnel broke when we proved to be {_key.KeyIdentity} ({_key.Fingerprint}): if the server does not trust that key, or takes it for expired, its log says so. {exception.Message}",
                exception);
        }
    }
}
