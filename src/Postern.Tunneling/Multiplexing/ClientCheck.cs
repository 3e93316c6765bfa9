using System.Buffers.Binary;
using System.Security.Cryptography;
using Postern.Qsmp;

namespace Postern.Tunneling;

/// <summary>Lets in the clients that prove inside the tunnel to have a trusted key of QSMP; see <see cref="ClientProof"/>.</summary>
public sealed class ClientCheck
{
    // Several keys may bear the same identity, which their holders chose; more than a rollover's are of no use.
    private const int MaxKeysTried = 4;

    private readonly TrustedKeys _trusted;
    private readonly Func<SecureChannel, string?> _serverName;
    private readonly TimeProvider _clock;

    /// <summary>Who is trusted.</summary>
    /// <param name="trusted">Their keys, asked each time.</param>
    /// <param name="serverName">
    /// What the client knows this server by: the serial of its certificate with QSTP, the fingerprint of its key with SIMPLEX.
    /// </param>
    /// <param name="clock">The clock of validities; the system's if null.</param>
    public ClientCheck(TrustedKeys trusted, Func<SecureChannel, string?> serverName, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(trusted);
        ArgumentNullException.ThrowIfNull(serverName);
        _trusted = trusted;
        _serverName = serverName;
        _clock = clock ?? TimeProvider.System;
    }

    /// <summary>Longest time for a proof, from the greeting on. Default 10 s.</summary>
    public TimeSpan Timeout
    {
        get;
        init => field = OptionCheck.Wait(value);
    } = TimeSpan.FromSeconds(10);

    /// <summary>Challenges the client and verifies its answer.</summary>
    /// <returns>Its key.</returns>
    /// <exception cref="IOException">It is nobody who is trusted. The stream was cut.</exception>
    internal async Task<QsmpPublicKey> RunAsync(MultiplexedStream stream, SecureChannel channel)
    {
        byte[] challenge = RandomNumberGenerator.GetBytes(ClientProofMessage.ChallengeSize);
        await stream.WriteAsync(challenge).ConfigureAwait(false);
        byte[] identity = await FramedBytes.ReadAsync(stream, QsmpProtocol.KeyIdentitySize).ConfigureAwait(false);
        QsmpPublicKey[] candidates =
        [
            .. _trusted.Current.Where(key => CryptographicOperations.FixedTimeEquals(key.Identity, identity)).Take(MaxKeysTried),
        ];
        int size = BinaryPrimitives.ReadInt32LittleEndian(await FramedBytes.ReadAsync(stream, sizeof(uint)).ConfigureAwait(false));
        if (!Array.Exists(candidates, key => key.Suite.Signature.SignatureSize == size)) throw new IOException($"No key {Convert.ToHexStringLower(identity)} is trusted here.");
        byte[] signature = await FramedBytes.ReadAsync(stream, size).ConfigureAwait(false);
        string server = _serverName(channel) ?? throw new IOException("This server has no name that a proof could be made for.");
        byte[] message = ClientProofMessage.Create(challenge, server, identity);
        ulong now = (ulong)Math.Max(0, _clock.GetUtcNow().ToUnixTimeSeconds());
        QsmpPublicKey known = Array.Find(candidates, key => key.Suite.Signature.SignatureSize == size && key.Suite.Signature.Verify(key.VerificationKey, message, signature))
            ?? throw new IOException($"The signature is not by the key {Convert.ToHexStringLower(identity)} that is trusted here.");
        return known.IsValidAt(now) ? known : throw new IOException($"The {known} has expired.");
    }
}
