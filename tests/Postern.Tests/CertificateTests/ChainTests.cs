using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Every check of QSTP §5.9.</summary>
public sealed class ChainTests
{
    private static readonly Suite Suite = QstpSuites.DilithiumS1KyberS1;
    private static readonly TestAuthority Authority = TestAuthority.For(Suite);
    private static readonly FakeClock Clock = FakeClock.At("2026-06-01");
    private static readonly VerificationPolicy Policy = TestAuthority.PolicyAt(Clock);

    private static readonly int SignatureSize = Suite.Signature.SignatureSize;
    private static readonly int KeySize = Suite.Signature.VerificationKeySize;

    public static TheoryData<string, int> RootFields => new()
    {
        { "signature", 0 },
        { "signed hash", SignatureSize },
        { "verification key", SignatureSize + 32 },
        { "issuer", SignatureSize + 32 + KeySize },
        { "serial", SignatureSize + 64 + KeySize },
        { "valid from", SignatureSize + 80 + KeySize },
        { "valid to", SignatureSize + 88 + KeySize },
        { "version", SignatureSize + 97 + KeySize },
    };

    public static TheoryData<string, int> ServerFields => new()
    {
        { "signature", 0 },
        { "signed hash", SignatureSize },
        { "verification key", SignatureSize + 32 },
        { "issuer", SignatureSize + 32 + KeySize },
        { "serial", SignatureSize + 64 + KeySize },
        { "root serial", SignatureSize + 80 + KeySize },
        { "valid from", SignatureSize + 96 + KeySize },
        { "valid to", SignatureSize + 104 + KeySize },
        { "version", SignatureSize + 113 + KeySize },
    };

    [Fact]
    public void A_good_chain_is_accepted_for_every_set()
    {
        foreach (Suite suite in QstpSuites.All)
        {
            TestAuthority authority = TestAuthority.For(suite);
            VerifiedServer server = authority.Root.Verify(authority.Certificate, Policy);
            Assert.Equal(suite, server.Suite);
            Assert.True(server.Certificate.IsSameAs(authority.Certificate));
        }
    }

    [Theory]
    [MemberData(nameof(RootFields))]
    public void Each_altered_field_of_the_root_is_noticed(string field, int offset)
    {
        byte[] bytes = Authority.Root.ToBytes();
        bytes[offset] ^= 1;
        RootCertificate root = RootCertificate.Parse(bytes);
        ChannelException failure = ChannelAssert.Throws(ChannelError.CertificateInvalid, () => root.VerifySelf(Policy));
        Assert.Contains("root", failure.Message, StringComparison.Ordinal);
        Assert.False(root.IsSameAs(Authority.Root), field);
        ChannelAssert.Throws(ChannelError.CertificateInvalid, () => root.Verify(Authority.Certificate, Policy));
    }

    [Theory]
    [MemberData(nameof(ServerFields))]
    public void Each_altered_field_of_the_server_certificate_is_noticed(string field, int offset)
    {
        byte[] bytes = Authority.Certificate.ToBytes();
        bytes[offset] ^= 1;
        ServerCertificate certificate = ServerCertificate.Parse(bytes);
        ChannelException failure = ChannelAssert.Throws(ChannelError.CertificateInvalid, () => Authority.Root.Verify(certificate, Policy));
        Assert.Contains("server certificate", failure.Message, StringComparison.Ordinal);
        Assert.False(certificate.IsSameAs(Authority.Certificate), field);
    }

    [Fact]
    public void Another_root_is_refused_even_with_the_same_serial()
    {
        using RootKey key = RootKey.Generate(Suite, "another root", TimeSpan.FromDays(300), Clock, new SeededRandom(50));
        RootCertificate other = key.CreateCertificate();
        ChannelAssert.Throws(ChannelError.CertificateInvalid, () => other.Verify(Authority.Certificate, Policy));

        // The serial of the true root under another key, properly signed by that key.
        byte[] keyFile = key.ToSecretBytes().Span.ToArray();
        Authority.Root.Serial.CopyTo(keyFile.AsSpan(32));
        using RootKey impostor = RootKey.Parse(keyFile);
        RootCertificate fake = impostor.CreateCertificate();
        fake.VerifySelf(Policy);
        ChannelException failure = ChannelAssert.Throws(ChannelError.CertificateInvalid, () => fake.Verify(Authority.Certificate, Policy));
        Assert.Contains("not signed by the root", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_that_names_another_root_is_refused()
    {
        ServerCertificate foreign = Sign(Authority.Request.ForRoot(new byte[16], Authority.Certificate.ValidFromSeconds, Authority.Certificate.ValidToSeconds));
        ChannelException failure = ChannelAssert.Throws(ChannelError.CertificateInvalid, () => Authority.Root.Verify(foreign, Policy));
        Assert.Contains("signed by the root 000000", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_certificate_of_another_set_is_refused()
    {
        TestAuthority other = TestAuthority.For(QstpSuites.DilithiumS3KyberS3);
        ChannelAssert.Throws(ChannelError.CertificateInvalid, () => Authority.Root.Verify(other.Certificate, Policy));
        using RootKey key = Authority.RootKey;
        Assert.Throws<ArgumentException>("request", () => key.SignCertificate(other.Request, null, Clock));
    }

    [Fact]
    public void Version_2_is_refused_even_if_properly_signed_and_is_not_signed()
    {
        byte[] bytes = Authority.Certificate.ToBytes();
        bytes[^1] = 2;
        ServerCertificate second = Sign(ServerCertificate.Parse(bytes));
        ChannelException failure = ChannelAssert.Throws(ChannelError.CertificateInvalid, () => Authority.Root.Verify(second, Policy));
        Assert.Contains("version 2", failure.Message, StringComparison.Ordinal);
        using RootKey key = Authority.RootKey;
        Assert.Throws<ArgumentException>("request", () => key.SignCertificate(second, null, Clock));
    }

    [Fact]
    public void Validity_includes_its_first_and_its_last_second()
    {
        using RootKey key = Authority.RootKey;
        FakeClock signing = FakeClock.At("2026-02-01");
        ServerCertificate certificate = key.SignCertificate(Authority.Request, TimeSpan.FromDays(10), signing);
        (FakeClock from, FakeClock to) = (FakeClock.At("2026-02-01"), FakeClock.At("2026-02-11"));
        Authority.Root.Verify(certificate, TestAuthority.PolicyAt(from));
        Authority.Root.Verify(certificate, TestAuthority.PolicyAt(to));
        from.AdvanceSeconds(-1);
        to.AdvanceSeconds(1);
        ChannelAssert.Throws(ChannelError.CertificateNotYetValid, () => Authority.Root.Verify(certificate, TestAuthority.PolicyAt(from)));
        ChannelAssert.Throws(ChannelError.CertificateExpired, () => Authority.Root.Verify(certificate, TestAuthority.PolicyAt(to)));
        Authority.Root.Verify(certificate, TestAuthority.PolicyAt(from) with { AllowNotYetValid = true });
        Authority.Root.Verify(certificate, TestAuthority.PolicyAt(to) with { ClockOffset = TimeSpan.FromHours(-1) });
    }

    [Fact]
    public void An_expired_root_is_refused_unless_it_is_allowed_and_an_expired_server_always()
    {
        // A root of ten days, and a certificate that would outlive it but for the cut: signed by hand.
        FakeClock start = FakeClock.At("2026-05-01");
        using RootKey key = RootKey.Generate(Suite, "short root", TimeSpan.FromDays(10), start, new SeededRandom(51));
        RootCertificate root = key.CreateCertificate();
        ServerCertificate longer = Sign(Authority.Request.ForRoot(root.Serial, root.ValidFromSeconds, Authority.Certificate.ValidToSeconds), key);
        ChannelAssert.Throws(ChannelError.CertificateExpired, () => root.Verify(longer, Policy));
        root.Verify(longer, Policy with { AllowExpiredRoot = true });
        VerificationPolicy late = TestAuthority.PolicyAt(FakeClock.At("2027-06-01")) with { AllowExpiredRoot = true };
        ChannelAssert.Throws(ChannelError.CertificateExpired, () => root.Verify(longer, late));
    }

    [Fact]
    public void Denied_serials_of_either_certificate_are_refused_in_any_case()
    {
        foreach (string serial in new[] { Authority.Root.SerialNumber, Authority.Certificate.SerialNumber })
        {
            foreach (string text in new[] { serial, serial.ToLowerInvariant() })
            {
                VerificationPolicy policy = Policy with { DeniedSerials = new HashSet<string>(StringComparer.Ordinal) { text } };
                ChannelAssert.Throws(ChannelError.CertificateDenied, () => Authority.Root.Verify(Authority.Certificate, policy));
            }
        }
    }

    [Fact]
    public void A_request_is_no_certificate()
    {
        Assert.False(Authority.Request.IsSigned);
        ChannelException failure = ChannelAssert.Throws(ChannelError.CertificateInvalid, () => Authority.Root.Verify(Authority.Request, Policy));
        Assert.Contains("request", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Signing_takes_over_the_roots_serial_and_never_outlives_it()
    {
        FakeClock start = FakeClock.At("2026-05-01");
        using RootKey key = RootKey.Generate(Suite, "short root", TimeSpan.FromDays(10), start, new SeededRandom(52));
        RootCertificate root = key.CreateCertificate();
        ServerCertificate clipped = key.SignCertificate(Authority.Request, null, start);
        Assert.Equal(root.ValidTo, clipped.ValidTo);
        Assert.Equal(Authority.Request.ValidFrom, clipped.ValidFrom);
        Assert.Equal(root.SerialNumber, clipped.RootSerialNumber);
        Assert.Equal(Authority.Request.SerialNumber, clipped.SerialNumber);
        root.Verify(clipped, TestAuthority.PolicyAt(start));

        ServerCertificate dated = key.SignCertificate(Authority.Request, TimeSpan.FromDays(3), start);
        Assert.Equal(start.GetUtcNow().AddDays(3), dated.ValidTo);
        start.Advance(TimeSpan.FromDays(11));
        Assert.Throws<ArgumentException>(() => key.SignCertificate(Authority.Request, null, start));
    }

    [Fact]
    public void A_key_of_another_certificate_makes_no_identity()
    {
        using ServerKey other = ServerKey.Generate(Suite, "other", TimeSpan.FromDays(300), Clock, new SeededRandom(53));
        Assert.Throws<ArgumentException>("key", () => ServerIdentity.Create(Authority.Root, Authority.Certificate, other, Policy));
        ChannelAssert.Throws(
            ChannelError.CertificateInvalid, () => ServerIdentity.Create(Authority.Root, Authority.Request, Authority.ServerKey, Policy));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(731)]
    public void A_server_key_is_for_1_to_730_days(int days) => Assert.Throws<ArgumentOutOfRangeException>(
        () => ServerKey.Generate(Suite, "server", TimeSpan.FromDays(days), Clock));

    [Theory]
    [InlineData("")]
    [InlineData("tab\t")]
    [InlineData("delete\u007F")]
    [InlineData("umlaut ü")]
    [InlineData("123456789012345678901234567890123")]
    public void An_issuer_is_1_to_32_printable_ascii_characters(string issuer) => Assert.Throws<ArgumentException>(
        () => ServerKey.Generate(Suite, issuer, TimeSpan.FromDays(1), Clock));

    private static ServerCertificate Sign(ServerCertificate certificate, RootKey? key = null)
    {
        using RootKey signer = RootKey.Parse((key ?? Authority.RootKey).ToSecretBytes().Span);
        byte[] hash = certificate.ComputeHash();
        byte[] signature = new byte[SignatureSize];
        signer.Sign(new SeededRandom(1), hash, signature);
        return certificate.WithSignature(signature, hash);
    }
}
