namespace Postern.Cryptography;

/// <summary>
/// A signing key made ready for many signatures: what follows from the key alone is computed once and kept, in pinned memory that
/// <see cref="Dispose"/> erases. Several threads may sign at once. <see cref="SignatureAlgorithm.CreateSigner"/> makes one.
/// </summary>
public abstract class MessageSigner : IDisposable
{
    // The owner, until it disposes, and each thread that is signing. Whoever leaves last erases the key: never in the middle of a signature.
    private int _users = 1;
    private bool _isDisposed;

    private protected MessageSigner(SignatureAlgorithm algorithm) => Algorithm = algorithm;

    /// <summary>The scheme of the key.</summary>
    public SignatureAlgorithm Algorithm { get; }

    /// <summary>Signs <paramref name="message"/>, as <see cref="SignatureAlgorithm.Sign(ReadOnlySpan{byte}, ReadOnlySpan{byte}, Span{byte})"/>.</summary>
    /// <exception cref="ArgumentException">The signature has the wrong size.</exception>
    /// <exception cref="ObjectDisposedException">The key was erased.</exception>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => Sign(RandomSource.System, message, signature);

    /// <summary>Erases the key, once the signatures that are being made are done. Safe to call again.</summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _isDisposed, true)) Leave();
        GC.SuppressFinalize(this);
    }

    /// <summary>Signs with the random bytes of <paramref name="random"/>, as <see cref="SignatureAlgorithm.Sign(RandomSource, ReadOnlySpan{byte}, ReadOnlySpan{byte}, Span{byte})"/>.</summary>
    internal void Sign(RandomSource random, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        Algorithm.CheckSize(signature.Length, Algorithm.SignatureSize, nameof(signature));
        Enter();
        try
        {
            SignCore(random, message, signature);
        }
        finally
        {
            Leave();
        }
    }

    private protected abstract void SignCore(RandomSource random, ReadOnlySpan<byte> message, Span<byte> signature);

    /// <summary>Called once, when nobody signs any more.</summary>
    private protected abstract void Erase();

    private void Enter()
    {
        int users;
        do
        {
            users = Volatile.Read(ref _users);
            ObjectDisposedException.ThrowIf(users == 0 || Volatile.Read(ref _isDisposed), this);
        }
        while (Interlocked.CompareExchange(ref _users, users + 1, users) != users);
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0) Erase();
    }
}
