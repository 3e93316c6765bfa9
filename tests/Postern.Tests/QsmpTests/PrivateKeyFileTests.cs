using Postern.Cryptography;
using Postern.Qsmp;
using Postern.Qstp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Private keys of QSMP: made, written, read, refused. QSMP §1.14.</summary>
public sealed class PrivateKeyFileTests
{
    private const int IdentityOffset = 42;
    private const int SigningKeyOffset = 58;

    private static readonly FakeClock Clock = FakeClock.At("2026-03-01 12:00:00");

    public static TheoryData<string, int, int> Sizes => new()
    {
        { "dilithium-s1_kyber-s1_sha3_rcs256", 3930, 2001 },
        { "dilithium-s3_kyber-s3_sha3_rcs256", 6042, 2866 },
        { "dilithium-s5_kyber-s5_sha3_rcs256", 7546, 3732 },
        { "dilithium-s5_kyber-s6_sha3_rcs256", 7546, 3732 },
        { "dilithium-s1_mceliece-s1_sha3_rcs", 3930, 2001 },
        { "dilithium-s3_mceliece-s3_sha3_rcs", 6042, 2866 },
        { "dilithium-s5_mceliece-s5_sha3_rcs", 7546, 3732 },
        { "dilithium-s5_mceliece-s6_sha3_rcs", 7546, 3732 },
        { "dilithium-s5_mceliece-s7_sha3_rcs", 7546, 3732 },
        { "sphincs+-s1s_mceliece-s1_sha3_rcs", 154, 266 },
        { "sphincs+-s3s_mceliece-s3_sha3_rcs", 202, 287 },
        { "sphincs+-s5s_mceliece-s5_sha3_rcs", 250, 311 },
        { "sphincs+-s5s_mceliece-s6_sha3_rcs", 250, 311 },
        { "sphincs+-s5s_mceliece-s7_sha3_rcs", 250, 311 },
    };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void A_generated_key_has_the_tables_sizes_and_survives_both_files(string set, int privateSize, int publicSize)
    {
        using QsmpPrivateKey key = QsmpPrivateKey.Generate(QsmpSuites.FromName(set), null, Clock, new SeededRandom(3));
        byte[] file = Bytes(key);
        Assert.Equal(privateSize, file.Length);
        using QsmpPrivateKey back = QsmpPrivateKey.Parse(file);
        Assert.Equal(file, Bytes(back));
        Assert.Equal(key.Fingerprint, back.Fingerprint);
        foreach (QsmpMode mode in (QsmpMode[])[QsmpMode.Simplex, QsmpMode.Duplex])
        {
            byte[] text = back.GetPublicKey(mode).ToBytes();
            Assert.Equal(publicSize, text.Length);
            QsmpPublicKey publicKey = QsmpPublicKey.Parse(text);
            Assert.Equal(mode, publicKey.Mode);
            Assert.Equal(key.Fingerprint, publicKey.Fingerprint);
        }

        byte[] signature = new byte[key.Suite.Signature.SignatureSize];
        back.Sign(new SeededRandom(4), file, signature);
        Assert.True(back.Suite.Signature.Verify(key.VerificationKey, file, signature));
    }

    [Fact]
    public void Generation_draws_the_bytes_of_the_scheme_then_the_identity_and_nothing_else()
    {
        Suite suite = QsmpSuites.DilithiumS1KyberS1;
        SeededRandom expected = new(5);
        byte[] verificationKey = new byte[suite.Signature.VerificationKeySize];
        suite.Signature.GenerateKeyPair(expected, verificationKey, new byte[suite.Signature.SigningKeySize]);
        byte[] identity = new byte[16];
        expected.Fill(identity);
        byte[] next = new byte[8];
        expected.Fill(next);

        SeededRandom random = new(5);
        using QsmpPrivateKey key = QsmpPrivateKey.Generate(suite, null, Clock, random);
        byte[] afterwards = new byte[8];
        random.Fill(afterwards);
        Assert.Equal(verificationKey, key.VerificationKey);
        Assert.Equal(identity, key.Identity);
        Assert.Equal(next, afterwards);
    }

    [Fact]
    public void A_new_key_is_of_the_default_set_and_lasts_a_year_unless_told_otherwise()
    {
        using QsmpPrivateKey key = QsmpPrivateKey.Generate(clock: Clock);
        Assert.Same(QsmpSuites.DilithiumS5KyberS5, key.Suite);
        Assert.Equal(Clock.GetUtcNow().AddDays(365), key.Expiration);
        Assert.True(key.IsValidAt(key.ExpirationSeconds));
        Assert.False(key.IsValidAt(key.ExpirationSeconds + 1));
        using QsmpPrivateKey longest = QsmpPrivateKey.Generate(QsmpSuites.DilithiumS1KyberS1, TimeSpan.FromDays(730), Clock);
        Assert.Equal(Clock.GetUtcNow().AddDays(730), longest.Expiration);
        Assert.NotEqual(key.KeyIdentity, longest.KeyIdentity, StringComparer.Ordinal);
    }

    [Fact]
    public void Validities_that_make_no_sense_and_sets_of_another_protocol_are_refused()
    {
        Suite suite = QsmpSuites.DilithiumS1KyberS1;
        Assert.Throws<ArgumentOutOfRangeException>("validity", () => QsmpPrivateKey.Generate(suite, TimeSpan.FromHours(23)));
        Assert.Throws<ArgumentOutOfRangeException>("validity", () => QsmpPrivateKey.Generate(suite, TimeSpan.FromDays(731)));
        Assert.Throws<ArgumentOutOfRangeException>("validity", () => QsmpPrivateKey.Generate(suite, TimeSpan.FromDays(-1)));
        Assert.Throws<ArgumentException>("suite", () => QsmpPrivateKey.Generate(QstpSuites.DilithiumS1KyberS1));
        using QsmpPrivateKey key = QsmpPrivateKey.Parse(File());
        Assert.Throws<ArgumentOutOfRangeException>("mode", () => key.GetPublicKey((QsmpMode)3));
    }

    [Fact]
    public void A_file_of_any_other_length_is_refused()
    {
        byte[] file = File();
        for (int length = 0; length < file.Length; length++)
        {
            Assert.Throws<FormatException>(() => QsmpPrivateKey.Parse(file.AsSpan(0, length)));
        }

        Assert.Throws<FormatException>(() => QsmpPrivateKey.Parse([.. file, 0]));
    }

    [Fact]
    public void A_bit_changed_before_the_keys_is_refused_or_makes_another_key()
    {
        byte[] file = File();
        for (int offset = 0; offset < SigningKeyOffset; offset++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] altered = [.. file];
                altered[offset] ^= (byte)(1 << bit);
                if (offset < 34) Assert.Throws<FormatException>(() => QsmpPrivateKey.Parse(altered));
                else if (TryParse(altered, out byte[]? written)) Assert.Equal(altered, written);
                else Assert.InRange(offset, 34, IdentityOffset - 1);
            }
        }
    }

    [Fact]
    public void A_bit_changed_in_what_both_halves_of_the_pair_hold_is_found()
    {
        byte[] file = File();
        int verificationKeyOffset = SigningKeyOffset + QsmpSuites.DilithiumS1KyberS1.Signature.SigningKeySize;
        IEnumerable<int> offsets = Enumerable.Range(SigningKeyOffset, 32)
            .Concat(Enumerable.Range(SigningKeyOffset + 64, 64))
            .Concat(Enumerable.Range(verificationKeyOffset, file.Length - verificationKeyOffset));
        foreach (int offset in offsets)
        {
            byte[] altered = [.. file];
            altered[offset] ^= (byte)(1 << (offset % 8));
            FormatException exception = Assert.Throws<FormatException>(() => QsmpPrivateKey.Parse(altered));
            Assert.Contains("do not belong together", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_expiration_that_no_date_can_say_is_refused()
    {
        byte[] file = File();
        ulong last = (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        BitConverter.TryWriteBytes(file.AsSpan(34), last);
        using (QsmpPrivateKey key = QsmpPrivateKey.Parse(file))
        {
            Assert.Equal(last, QsmpPublicKey.Parse(key.GetPublicKey(QsmpMode.Simplex).ToBytes()).ExpirationSeconds);
        }

        BitConverter.TryWriteBytes(file.AsSpan(34), last + 1);
        Assert.Throws<FormatException>(() => QsmpPrivateKey.Parse(file));
    }

    [Theory]
    [InlineData("falcon-s5_kyber-s5_sha3_rcs256___", "'falcon-s5_kyber-s5_sha3_rcs256___'")]
    [InlineData("Dilithium-s1_kyber-s1_sha3_rcs256", "'Dilithium-s1_kyber-s1_sha3_rcs256'")]
    [InlineData("\e[2Jhium-s1_kyber-s1_sha3_rcs256", "do not begin with the name")]
    public void An_unknown_set_is_named_if_it_can_be_printed(string name, string said)
    {
        byte[] file = File();
        System.Text.Encoding.ASCII.GetBytes(name, file.AsSpan(0, 33));
        Assert.Contains(said, Assert.Throws<FormatException>(() => QsmpPrivateKey.Parse(file)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_space_in_place_of_the_zero_after_the_set_is_refused()
    {
        byte[] file = File();
        file[33] = (byte)' ';
        Assert.Throws<FormatException>(() => QsmpPrivateKey.Parse(file));
    }

    [Fact]
    public void A_disposed_key_neither_signs_nor_is_written()
    {
        QsmpPrivateKey key = QsmpPrivateKey.Parse(File());
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.ToSecretBytes());
        Assert.Throws<ObjectDisposedException>(() => key.Sign(new SeededRandom(1), [1], new byte[key.Suite.Signature.SignatureSize]));
    }

    [Fact]
    public void A_key_that_signed_before_it_was_disposed_of_signs_no_more()
    {
        QsmpPrivateKey key = QsmpPrivateKey.Parse(File());
        byte[] signature = new byte[key.Suite.Signature.SignatureSize];
        key.Sign(new SeededRandom(1), [1], signature);
        Assert.True(key.Suite.Signature.Verify(key.VerificationKey, [1], signature));
        key.Dispose();
        Assert.Throws<ObjectDisposedException>(() => key.Sign(new SeededRandom(1), [1], signature));
    }

    private static byte[] File() => QsmpVectors.Private("qsms/keys/dk1_server");

    private static bool TryParse(byte[] data, out byte[]? written)
    {
        try
        {
            using QsmpPrivateKey key = QsmpPrivateKey.Parse(data);
            written = Bytes(key);
            return true;
        }
        catch (FormatException)
        {
            written = null;
            return false;
        }
    }

    private static byte[] Bytes(QsmpPrivateKey key)
    {
        using SecretBytes bytes = key.ToSecretBytes();
        return bytes.Span.ToArray();
    }
}
