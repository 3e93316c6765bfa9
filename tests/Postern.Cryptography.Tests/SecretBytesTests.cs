namespace Postern.Cryptography.Tests;

/// <summary>Secrets are zeros once they are disposed of, in memory of their own and in memory that is lent.</summary>
public sealed class SecretBytesTests
{
    // A size that nothing else rents, or another test would get the memory.
    private const int RentedSize = 4099;

    [Fact]
    public void Own_memory_is_erased()
    {
        SecretBytes secret = new([1, 2, 3]);
        ReadOnlySpan<byte> memory = secret.Span;
        secret.Dispose();
        Assert.False(memory.ContainsAnyExcept((byte)0));
        Assert.Throws<ObjectDisposedException>(() => secret.Span.Length);
    }

    [Fact]
    public void Rented_memory_is_erased_when_it_is_given_back_and_given_back_once()
    {
        SecretBytes secret = SecretBytes.Rent(RentedSize);
        secret.Span.Fill(0xA5);
        ReadOnlySpan<byte> memory = secret.Span;
        secret.Dispose();
        secret.Dispose();
        Assert.False(memory.ContainsAnyExcept((byte)0));
        Assert.Throws<ObjectDisposedException>(() => secret.Span.Length);

        using SecretBytes next = SecretBytes.Rent(RentedSize);
        using SecretBytes another = SecretBytes.Rent(RentedSize);
        Assert.True(next.Span.Overlaps(memory));
        Assert.False(another.Span.Overlaps(memory));
    }
}
