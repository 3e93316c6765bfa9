using System.Runtime.CompilerServices;

namespace Postern.Cryptography.Tests;

public sealed class RcsTests
{
    private static readonly byte[] Header = Bytes(21, 11);

    public static TheoryData<string> Strengths { get; } = [.. All.Select(parameters => parameters.Name)];

    private static RcsParameters[] All =>
    [
        RcsParameters.Rcs256,
        RcsParameters.Rcs512,
        RcsParameters.Rcs256Reduced,
        RcsParameters.Rcs512Reduced,
        RcsParameters.Rcs256Qmac,
        RcsParameters.Rcs512Qmac,
    ];

    [Theory]
    [MemberData(nameof(Strengths))]
    public void All_paths_give_the_same_sealed_messages(string strength)
    {
        List<RcsCipher> ciphers =
        [
            .. Enum.GetValues<RijndaelPath>().Where(Runs).Select(path => Cipher(strength, 1, path)),
        ];
        byte[] plaintext = Bytes(1000, 12);
        for (int length = 0; length <= plaintext.Length; length++)
        {
            byte[] expected = Seal(ciphers[0], plaintext.AsSpan(0, length));
            foreach (RcsCipher cipher in ciphers.Skip(1))
            {
                Assert.Equal(expected, Seal(cipher, plaintext.AsSpan(0, length)));
                Assert.Equal(ciphers[0].Counter, cipher.Counter);
            }
        }

        ciphers.ForEach(cipher => cipher.Dispose());
    }

    [Fact]
    public void All_paths_carry_through_every_word_of_the_counter()
    {
        byte[] plaintext = Bytes(40 * RcsParameters.BlockSize, 25);
        for (int words = 1; words <= 4; words++)
        {
            for (int distance = 0; distance < 40; distance++)
            {
                byte[] nonce = Bytes(RcsParameters.BlockSize, words);
                nonce.AsSpan(0, words * sizeof(ulong)).Fill(0xFF);
                nonce[0] -= (byte)distance;
                List<byte[]> results = [];
                foreach (RijndaelPath path in Enum.GetValues<RijndaelPath>().Where(Runs))
                {
                    byte[] counter = [.. nonce];
                    byte[] output = new byte[plaintext.Length];
                    RijndaelCounterMode.Xor(path, Bytes(23 * RcsParameters.BlockSize, 26), counter, plaintext, output);
                    results.Add([.. counter, .. output]);
                }

                Assert.All(results, result => Assert.Equal(results[0], result));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Strengths))]
    public void Every_length_opens_to_what_was_sealed_in_place_too(string strength)
    {
        using RcsCipher sender = Cipher(strength);
        using RcsCipher sameSender = Cipher(strength);
        using RcsCipher receiver = Cipher(strength);
        byte[] plaintext = Bytes(500, 13);
        for (int length = 0; length <= plaintext.Length; length++)
        {
            byte[] expected = Seal(sender, plaintext.AsSpan(0, length));
            byte[] buffer = new byte[length + sender.TagSize];
            plaintext.AsSpan(0, length).CopyTo(buffer);
            sameSender.Seal(Header, buffer.AsSpan(0, length), buffer);
            Assert.Equal(expected, buffer);
            Assert.True(receiver.TryOpen(Header, buffer, buffer.AsSpan(0, length)));
            Assert.Equal(plaintext.AsSpan(0, length), buffer.AsSpan(0, length));
        }
    }

    [Theory]
    [MemberData(nameof(Strengths))]
    public void Any_flipped_bit_is_refused_and_writes_nothing(string strength)
    {
        byte[] untouched = Bytes(45, 14);
        using RcsCipher sender = Cipher(strength);
        byte[] sealedMessage = Seal(sender, Bytes(untouched.Length, 15));
        for (int bit = 0; bit < 8 * (Header.Length + sealedMessage.Length); bit++)
        {
            byte[] packet = [.. Header, .. sealedMessage];
            packet[bit / 8] ^= (byte)(1 << (bit % 8));
            byte[] output = [.. untouched];
            using RcsCipher receiver = Cipher(strength);
            Assert.False(receiver.TryOpen(packet.AsSpan(0, Header.Length), packet.AsSpan(Header.Length), output));
            Assert.Equal(untouched, output);
        }
    }

    [Theory]
    [MemberData(nameof(Strengths))]
    public void Any_truncation_is_refused_and_writes_nothing(string strength)
    {
        using RcsCipher sender = Cipher(strength);
        byte[] sealedMessage = Seal(sender, Bytes(45, 16));
        for (int length = 0; length < sealedMessage.Length; length++)
        {
            byte[] untouched = Bytes(Math.Max(0, length - sender.TagSize), 17);
            byte[] output = [.. untouched];
            using RcsCipher receiver = Cipher(strength);
            Assert.False(receiver.TryOpen(Header, sealedMessage.AsSpan(0, length), output));
            Assert.Equal(untouched, output);
        }
    }

    [Fact]
    public void Associated_data_that_is_missing_or_added_is_refused()
    {
        using RcsCipher sender = Cipher("RCS-256");
        byte[] sealedMessage = Seal(sender, Bytes(10, 18));
        using RcsCipher first = Cipher("RCS-256");
        Assert.False(first.TryOpen([], sealedMessage, new byte[10]));
        using RcsCipher second = Cipher("RCS-256");
        Assert.False(second.TryOpen([.. Header, 0], sealedMessage, new byte[10]));
    }

    [Theory]
    [MemberData(nameof(Strengths))]
    public void A_failed_open_is_final_and_erases_the_keys(string strength)
    {
        using RcsCipher sender = Cipher(strength);
        byte[] genuine = Seal(sender, Bytes(33, 19));
        byte[] damaged = [.. genuine];
        damaged[^1] ^= 1;
        using RcsCipher receiver = Cipher(strength);
        byte[] output = new byte[33];
        Assert.False(receiver.TryOpen(Header, damaged, output));
        Assert.Equal(new byte[receiver.Secrets.Length], receiver.Secrets);
        Assert.False(receiver.TryOpen(Header, genuine, output));
        Assert.False(receiver.TryOpenTentatively(Header, genuine, output));
        Assert.Equal(new byte[33], output);
        Assert.Throws<InvalidOperationException>(() => receiver.Seal(Header, output, new byte[33 + receiver.TagSize]));
    }

    [Theory]
    [MemberData(nameof(Strengths))]
    public void A_tentative_open_that_fails_leaves_the_state_as_it_was(string strength)
    {
        using RcsCipher other = Cipher(strength, seed: 2);
        using RcsCipher sender = Cipher(strength);
        using RcsCipher receiver = Cipher(strength);
        for (int length = 0; length < 300; length += 7)
        {
            byte[] plaintext = Bytes(length, 20);
            byte[] output = new byte[length];
            byte[] before = [.. receiver.Secrets];
            Assert.False(receiver.TryOpenTentatively(Header, Seal(other, plaintext), output));
            Assert.False(receiver.TryOpenTentatively(Header, new byte[receiver.TagSize - 1], []));
            Assert.Equal(new byte[length], output);
            Assert.Equal(before, receiver.Secrets);
            Assert.True(receiver.TryOpenTentatively(Header, Seal(sender, plaintext), output));
            Assert.Equal(plaintext, output);
        }
    }

    [Fact]
    public void A_replayed_a_skipped_and_a_swapped_packet_are_refused()
    {
        using RcsCipher sender = Cipher("RCS-256");
        byte[][] packets = [Seal(sender, Bytes(8, 21)), Seal(sender, Bytes(8, 22)), Seal(sender, Bytes(8, 23))];
        using RcsCipher receiver = Cipher("RCS-256");
        byte[] output = new byte[8];
        Assert.False(receiver.TryOpenTentatively(Header, packets[1], output));
        Assert.True(receiver.TryOpenTentatively(Header, packets[0], output));
        Assert.False(receiver.TryOpenTentatively(Header, packets[0], output));
        Assert.False(receiver.TryOpenTentatively(Header, packets[2], output));
        Assert.True(receiver.TryOpenTentatively(Header, packets[1], output));
    }

    [Fact]
    public void Buffers_that_overlap_without_the_same_start_are_misuse_and_change_nothing()
    {
        using RcsCipher cipher = Cipher("RCS-256");
        byte[] before = [.. cipher.Secrets];
        byte[] buffer = new byte[200];
        Assert.Throws<ArgumentException>(() => cipher.Seal([], buffer.AsSpan(1, 100), buffer.AsSpan(0, 132)));
        Assert.Throws<ArgumentException>(() => cipher.Seal([], buffer.AsSpan(0, 100), buffer.AsSpan(1, 132)));
        Assert.Throws<ArgumentException>(() => cipher.TryOpen([], buffer.AsSpan(0, 132), buffer.AsSpan(1, 100)));
        Assert.Throws<ArgumentException>(() => cipher.TryOpen([], buffer.AsSpan(1, 132), buffer.AsSpan(0, 100)));
        Assert.Equal(before, cipher.Secrets);
    }

    [Fact]
    public void Sizes_that_do_not_fit_are_misuse()
    {
        using RcsCipher cipher = Cipher("RCS-256");
        Assert.Throws<ArgumentException>(() => cipher.Seal([], new byte[10], new byte[41]));
        Assert.Throws<ArgumentException>(() => cipher.Seal([], new byte[10], new byte[43]));
        Assert.Throws<ArgumentException>(() => cipher.TryOpen([], new byte[42], new byte[11]));
        Assert.Throws<ArgumentException>(() => new RcsCipher(RcsParameters.Rcs256, new byte[64], new byte[32]));
        Assert.Throws<ArgumentException>(() => new RcsCipher(RcsParameters.Rcs512, new byte[64], new byte[31]));
    }

    [Fact]
    public void Dispose_erases_the_keys_and_ends_all_use()
    {
        RcsCipher cipher = Cipher("RCS-512");
        Assert.Contains(cipher.Secrets.ToArray(), value => value != 0);
        cipher.Dispose();
        cipher.Dispose();
        Assert.Equal(new byte[cipher.Secrets.Length], cipher.Secrets);
        Assert.Throws<ObjectDisposedException>(() => cipher.Seal([], [], new byte[64]));
        Assert.Throws<ObjectDisposedException>(() => cipher.TryOpen([], new byte[64], []));
    }

    [Theory]
    [MemberData(nameof(Strengths))]
    public void Sealing_and_opening_allocate_nothing(string strength)
    {
        byte[] plaintext = Bytes(1000, 24);
        foreach (RijndaelPath path in Enum.GetValues<RijndaelPath>().Where(RijndaelCounterMode.IsSupported))
        {
            using RcsCipher sender = Cipher(strength, 1, path);
            using RcsCipher receiver = Cipher(strength, 1, path);
            byte[] sealedMessage = new byte[plaintext.Length + sender.TagSize];
            byte[] opened = new byte[plaintext.Length];
            bool genuine = true;
            long before = 0;
            for (int i = 0; i < 20; i++)
            {
                if (i == 10) before = GC.GetAllocatedBytesForCurrentThread();
                sender.Seal(Header, plaintext, sealedMessage);
                genuine &= receiver.TryOpen(Header, sealedMessage, opened);
            }

            Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
            Assert.True(genuine);
        }
    }

    // The bit-sliced paths compute the same without vector registers, only slower.
    private static bool Runs(RijndaelPath path) => path <= RijndaelPath.BitSliced256 || RijndaelCounterMode.IsSupported(path);

    private static byte[] Seal(RcsCipher cipher, ReadOnlySpan<byte> plaintext)
    {
        byte[] sealedMessage = new byte[plaintext.Length + cipher.TagSize];
        cipher.Seal(Header, plaintext, sealedMessage);
        return sealedMessage;
    }

    private static RcsCipher Cipher(string strength, int seed = 1) => Cipher(strength, seed, RijndaelCounterMode.Fastest);

    private static RcsCipher Cipher(string strength, int seed, RijndaelPath path)
    {
        RcsParameters parameters = All.Single(candidate => candidate.Name == strength);
        return new RcsCipher(parameters, Bytes(parameters.KeySize, seed), Bytes(parameters.NonceSize, seed + 1), [], path);
    }

    private static byte[] Bytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    [Theory]
    [MemberData(nameof(Strengths))]
    public void A_state_that_rests_between_messages_goes_on_as_if_it_had_not(string strength)
    {
        RcsParameters parameters = All.Single(parameters => parameters.Name == strength);
        byte[] key = [.. Enumerable.Range(1, parameters.KeySize).Select(i => (byte)i)];
        byte[] nonce = new byte[parameters.NonceSize];
        using RcsCipher resting = new(parameters, key, nonce);
        using RcsCipher receiver = new(parameters, key, nonce);
        using RcsCipher awake = new(parameters, key, nonce);
        for (int size = 0; size < 400; size += 37)
        {
            byte[] message = [.. Enumerable.Range(0, size).Select(i => (byte)(i & 255))];
            byte[] sealedMessage = new byte[size + awake.TagSize];
            byte[] other = new byte[sealedMessage.Length];
            awake.Seal([1, 2, 3], message, sealedMessage);
            resting.Rest();
            Assert.True(resting.RoundKeys.IsEmpty);
            resting.Seal([1, 2, 3], message, other);
            Assert.Equal(sealedMessage, other);
            receiver.Rest();
            byte[] opened = new byte[size];
            Assert.True(receiver.TryOpen([1, 2, 3], other, opened));
            Assert.Equal(message, opened);
        }
    }

    [Fact]
    public void A_state_with_info_keeps_its_round_keys()
    {
        using RcsCipher cipher = new(RcsParameters.Rcs256, new byte[32], new byte[32], [7], RijndaelCounterMode.Fastest);
        cipher.Rest();
        Assert.Equal(RcsParameters.Rcs256.RoundKeysSize, cipher.RoundKeys.Length);
    }

    [Fact]
    public void An_erased_state_has_no_round_keys()
    {
        RcsCipher cipher = new(RcsParameters.Rcs256, new byte[32], new byte[32]);
        Assert.Equal(RcsParameters.Rcs256.RoundKeysSize, cipher.RoundKeys.Length);
        cipher.Dispose();
        Assert.True(cipher.RoundKeys.IsEmpty);
        cipher.Rest();
        cipher.Dispose();
    }

    [Fact]
    public async Task Two_threads_that_dispose_at_once_give_the_round_keys_back_once()
    {
        int round = 0;
        RcsCipher[] ciphers = [.. Enumerable.Range(0, 20_000).Select(_ => new RcsCipher(RcsParameters.Rcs256Qmac, new byte[32], new byte[32]))];
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(DisposeAll)));
        HashSet<RoundKeys> given = new(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < 2 * ciphers.Length; i++) Assert.True(given.Add(RoundKeyPool.Rent(RcsParameters.Rcs256Qmac.RoundKeysSize)));
        foreach (RoundKeys roundKeys in given) RoundKeyPool.Return(roundKeys);

        void DisposeAll()
        {
            for (int i = 1; i <= ciphers.Length; i++)
            {
                // Both at the same cipher.
                Interlocked.Increment(ref round);
                while (Volatile.Read(ref round) < (2 * i) - 1) Thread.SpinWait(1);
                ciphers[i - 1].Dispose();
            }
        }
    }

    [Fact]
    public void Ciphers_that_are_never_erased_do_not_count_as_using_round_keys_for_ever()
    {
        const int Lost = 20_000;
        const int ThoseOfOtherTests = 5_000;
        int before = RoundKeyPool.Lent;
        LoseCiphers(Lost);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.True(RoundKeyPool.Lent < before + ThoseOfOtherTests);
    }

    [Fact]
    public void Round_keys_come_back_erased()
    {
        RoundKeys roundKeys = RoundKeyPool.Rent(11);
        Array.Fill(roundKeys.Bytes, (byte)1);
        RoundKeyPool.Return(roundKeys);
        Assert.Equal(new byte[11], roundKeys.Bytes);
        Assert.Same(roundKeys, RoundKeyPool.Rent(11));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LoseCiphers(int count)
    {
        for (int i = 0; i < count; i++) _ = new RcsCipher(RcsParameters.Rcs256Reduced, new byte[32], new byte[32]);
    }
}
