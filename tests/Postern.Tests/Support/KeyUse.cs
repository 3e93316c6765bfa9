using System.Security.Cryptography;
using Postern.Channels;
using Postern.Cryptography;

namespace Postern.Tests.Support;

/// <summary>
/// Watches that no key stream is used twice: round keys seal in one cipher instance only, whichever side it is on, and that instance's
/// counter never goes back.
/// </summary>
internal sealed class KeyUse
{
    private readonly Dictionary<UInt128, (RcsCipher Cipher, UInt128 NextCounter)> _uses = [];

    /// <summary>Different keys that sealed something.</summary>
    public int KeyCount => _uses.Count;

    /// <summary>To be called before <paramref name="channel"/> seals a message of <paramref name="size"/> bytes.</summary>
    public void Sealing(SealedChannel channel, int size)
    {
        RcsCipher cipher = TestChannels.SealingCipher(channel);
        Span<byte> digest = stackalloc byte[32];
        SHA256.HashData(cipher.Secrets[..channel.Profile.Rcs.KeySize], digest);
        UInt128 key = BitConverter.ToUInt128(digest);

        // The low half is enough: it starts anywhere and never wraps in a test, or the run is repeated with another seed.
        UInt128 counter = BitConverter.ToUInt128(cipher.Counter);
        if (_uses.TryGetValue(key, out (RcsCipher Cipher, UInt128 NextCounter) use))
        {
            Assert.True(ReferenceEquals(use.Cipher, cipher), "Two ciphers seal with the same key.");
            Assert.True(counter == use.NextCounter, "A key stream is used twice.");
        }

        _uses[key] = (cipher, unchecked(counter + (UInt128)((size + 31) / 32)));
    }
}
