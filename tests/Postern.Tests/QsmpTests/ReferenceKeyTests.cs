using System.Text;
using System.Text.Json;
using Postern.Cryptography;
using Postern.Qsmp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Key files written by the reference. QSMP §1.14.</summary>
public sealed class ReferenceKeyTests
{
    public static TheoryData<string> Keys => QsmpVectors.Keys;

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_private_key_file_says_what_the_session_says_and_is_written_again_byte_for_byte(string key)
    {
        byte[] file = QsmpVectors.Private(key);
        JsonElement session = QsmpVectors.Session(key);
        Assert.Equal(session.Bytes("qskey_file"), file);
        using QsmpPrivateKey read = QsmpPrivateKey.Parse(file);
        Assert.Equal(session.Bytes("config"), read.Suite.ConfigurationField);
        Assert.Equal(session.GetProperty("expiration").GetUInt64(), read.ExpirationSeconds);
        Assert.Equal(session.GetProperty("expiration").GetInt64(), read.Expiration.ToUnixTimeSeconds());
        Assert.Equal(session.GetProperty("keyid").GetString(), read.KeyIdentity);
        Assert.Equal(session.Bytes("keyid"), read.Identity);
        Assert.Equal(session.Bytes("verify_key"), read.VerificationKey);
        using SecretBytes written = read.ToSecretBytes();
        Assert.Equal(file, written.Span);
        byte[] signature = new byte[read.Suite.Signature.SignatureSize];
        byte[] expected = new byte[read.Suite.Signature.SignatureSize];
        read.Sign(new SeededRandom(1), file, signature);
        read.Suite.Signature.Sign(new SeededRandom(1), session.Bytes("signing_key"), file, expected);
        Assert.Equal(expected, signature);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_public_key_file_says_what_the_session_says_and_is_written_again_byte_for_byte(string key)
    {
        byte[] file = QsmpVectors.Public(key);
        JsonElement session = QsmpVectors.Session(key);
        Assert.Equal(session.Bytes("qpkey_file_hex"), file);
        QsmpPublicKey read = QsmpPublicKey.Parse(file);
        Assert.Equal(QsmpVectors.ModeOf(key), read.Mode);
        Assert.Equal(session.Bytes("config"), read.Suite.ConfigurationField);
        Assert.Equal(session.GetProperty("expiration").GetUInt64(), read.ExpirationSeconds);
        Assert.Equal(session.GetProperty("keyid").GetString(), read.KeyIdentity);
        Assert.Equal(session.Bytes("verify_key"), read.VerificationKey);
        Assert.Equal(file, read.ToBytes());
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_private_key_gives_the_public_file_that_the_reference_made_of_it(string key)
    {
        using QsmpPrivateKey read = QsmpPrivateKey.Parse(QsmpVectors.Private(key));
        QsmpPublicKey ours = read.GetPublicKey(QsmpVectors.ModeOf(key));
        Assert.Equal(QsmpVectors.Public(key), ours.ToBytes());
        Assert.Equal(QsmpPublicKey.Parse(QsmpVectors.Public(key)).Fingerprint, ours.Fingerprint);
    }

    [Fact]
    public void A_fingerprint_is_the_hash_of_the_fields()
    {
        const string Key = "qsmd/keys/dk1_sender";
        JsonElement session = QsmpVectors.Session(Key);
        byte[] digest = new byte[32];
        Sha3.HashData256(
            [
                .. session.Bytes("config"),
                .. BitConverter.GetBytes(session.GetProperty("expiration").GetUInt64()),
                .. session.Bytes("keyid"),
                .. session.Bytes("verify_key"),
            ],
            digest);
        Assert.Equal(Convert.ToHexString(digest), QsmpPublicKey.Parse(QsmpVectors.Public(Key)).Fingerprint);
    }

    [Fact]
    public void A_key_of_SPHINCS_is_written_again_byte_for_byte()
    {
        byte[] file = QsmpVectors.Private(QsmpVectors.SphincsKey);
        byte[] publicFile = QsmpVectors.Public(QsmpVectors.SphincsKey);
        using QsmpPrivateKey read = QsmpPrivateKey.Parse(file);
        Assert.Same(QsmpSuites.SphincsS1McElieceS1, read.Suite);
        using SecretBytes written = read.ToSecretBytes();
        Assert.Equal(file, written.Span);
        Assert.Equal(publicFile, QsmpPublicKey.Parse(publicFile).ToBytes());
        Assert.Equal(publicFile, read.GetPublicKey(QsmpMode.Simplex).ToBytes());
    }

    [Fact]
    public void A_key_of_SPHINCS_is_of_the_form_before_FIPS_205()
    {
        SignatureAlgorithm round3 = SignatureAlgorithm.SphincsPlusRound3Shake128sRobust;
        QsmpPublicKey key = QsmpPublicKey.Parse(QsmpVectors.Public(QsmpVectors.SphincsKey));
        byte[] signingKey = QsmpVectors.Private(QsmpVectors.SphincsKey)[^96..^32];

        // SK.seed || SK.prf || PK.seed || PK.root
        Assert.Equal(key.VerificationKey, signingKey[32..]);
        Assert.Equal(key.VerificationKey, VerificationKeyOf(round3));
        Assert.False(key.VerificationKey.SequenceEqual(VerificationKeyOf(key.Suite.Signature)));

        byte[] signature = new byte[round3.SignatureSize];
        round3.Sign(signingKey, "message"u8, signature);
        Assert.True(round3.Verify(key.VerificationKey, "message"u8, signature));
        Assert.False(key.Suite.Signature.Verify(key.VerificationKey, "message"u8, signature));

        byte[] VerificationKeyOf(SignatureAlgorithm algorithm)
        {
            byte[] verificationKey = new byte[algorithm.VerificationKeySize];
            algorithm.GenerateKeyPair(new FixedRandom(signingKey[..48]), verificationKey, new byte[algorithm.SigningKeySize]);
            return verificationKey;
        }
    }

    [Fact]
    public void No_configuration_set_uses_the_form_before_FIPS_205()
    {
        Assert.Contains(QsmpSuites.All, suite => suite.Signature == SignatureAlgorithm.SlhDsaShake128s);
        Assert.All([.. QsmpSuites.All, .. Qstp.QstpSuites.All], suite => Assert.StartsWith("FIPS ", suite.Signature.Standard, StringComparison.Ordinal));
    }

    [Fact]
    public void A_key_of_a_set_that_is_not_known_is_refused_by_the_sets_name()
    {
        const string Key = "qsms/keys/dk1_server";
        const string Unknown = "dilithium-s1_mceliece-s2_sha3_rcs";
        byte[] file = QsmpVectors.Private(Key);
        Encoding.ASCII.GetBytes(Unknown, file);
        Assert.Contains(Unknown, Assert.Throws<FormatException>(() => QsmpPrivateKey.Parse(file)).Message, StringComparison.Ordinal);
        string text = Encoding.ASCII.GetString(QsmpVectors.Public(Key)).Replace(QsmpSuites.DilithiumS1KyberS1.Name, Unknown, StringComparison.Ordinal);
        string message = Assert.Throws<FormatException>(() => QsmpPublicKey.Parse(Encoding.ASCII.GetBytes(text))).Message;
        Assert.Contains(Unknown, message, StringComparison.Ordinal);
        Assert.StartsWith("Line 3:", message, StringComparison.Ordinal);
    }
}
