using Postern.Authority.Pkcs11;
using Postern.Cryptography;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Authority;

public class TokenContainerTests
{
    private static readonly TokenKeyName Name = new("Röot HSM", "0123456789abcdef", "postern-root");

    private static readonly byte[] Content = [.. Enumerable.Range(0, 100).Select(i => (byte)i)];

    [Fact]
    public void A_container_names_its_key_and_gives_back_what_was_put_in()
    {
        SoftwareWrappingKey key = new();
        byte[] data = TokenContainer.Protect(Content, Name, key);
        Assert.StartsWith("POSTKEY2", System.Text.Encoding.ASCII.GetString(data), StringComparison.Ordinal);
        Assert.Equal(8 + 1 + 9 + 1 + 16 + 1 + 12 + 12 + 48 + 12 + Content.Length + 16, data.Length);
        TokenContainer container = TokenContainer.Parse(data);
        Assert.Equal(Name, container.Name);
        using SecretBytes opened = container.Unprotect(key);
        Assert.Equal(Content, opened.Span.ToArray());
    }

    [Fact]
    public void Two_containers_of_the_same_key_have_nothing_secret_in_common()
    {
        SoftwareWrappingKey key = new();
        int names = 8 + 1 + 9 + 1 + 16 + 1 + 12;
        byte[] first = TokenContainer.Protect(Content, Name, key)[names..];
        byte[] second = TokenContainer.Protect(Content, Name, key)[names..];
        for (int i = 0; i + 8 <= first.Length; i++) Assert.False(first.AsSpan(i, 8).SequenceEqual(second.AsSpan(i, 8)), $"the same at {i}");
    }

    [Fact]
    public void A_container_with_any_bit_changed_does_not_open()
    {
        SoftwareWrappingKey key = new();
        byte[] data = TokenContainer.Protect(Content, Name, key);
        for (int bit = 0; bit < data.Length * 8; bit++)
        {
            data[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Opens(data, key), $"bit {bit} does not matter");
            data[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.True(Opens(data, key));
    }

    [Fact]
    public void A_container_that_is_cut_or_too_long_does_not_open()
    {
        SoftwareWrappingKey key = new();
        byte[] data = TokenContainer.Protect(Content, Name, key);
        for (int size = 0; size < data.Length; size++) Assert.False(Opens(data[..size], key), $"{size} bytes open");
        Assert.False(Opens([.. data, 0], key));
    }

    [Fact]
    public void Another_key_does_not_open_it()
    {
        byte[] data = TokenContainer.Protect(Content, Name, new SoftwareWrappingKey());
        TokenException exception = Assert.Throws<TokenException>(() => TokenContainer.Parse(data).Unprotect(new SoftwareWrappingKey()));
        Assert.Equal(TokenError.NotOpened, exception.Error);
    }

    [Theory]
    [InlineData(33, 1, 1)]
    [InlineData(1, 17, 1)]
    [InlineData(1, 1, 256)]
    public void Names_for_which_there_is_no_room_are_refused(int tokenLabel, int serial, int keyLabel) => Assert.Throws<ArgumentException>(
        () => TokenContainer.Protect(Content, new TokenKeyName(new('a', tokenLabel), new('b', serial), new('c', keyLabel)), new SoftwareWrappingKey()));

    private static bool Opens(byte[] data, SoftwareWrappingKey key)
    {
        try
        {
            using SecretBytes opened = TokenContainer.Parse(data).Unprotect(key);
            return true;
        }
        catch (Exception exception) when (exception is TokenException or FormatException)
        {
            return false;
        }
    }
}
