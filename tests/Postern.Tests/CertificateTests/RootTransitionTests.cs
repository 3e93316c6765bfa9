using System.Buffers.Binary;
using System.Text;
using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>What an old root says of the new one.</summary>
public sealed class RootTransitionTests
{
    private static readonly FakeClock Clock = FakeClock.At("2026-06-01");
    private static readonly VerificationPolicy Policy = TestAuthority.PolicyAt(Clock);
    private static readonly TestAuthority Old = TestAuthority.For(QstpSuites.DilithiumS1KyberS1);
    private static readonly TestAuthority New = TestAuthority.For(QstpSuites.All[1]);
    private static readonly TestAuthority Foreign = TestAuthority.For(QstpSuites.All[2]);
    private static readonly byte[] Good = Sign(Old, New.Root).ToBytes();

    [Fact]
    public void The_new_root_comes_out_as_it_went_in()
    {
        RootTransition transition = RootTransition.Parse(Good);
        Assert.True(Old.Root.Verify(transition, Policy).IsSameAs(New.Root));
        Assert.Equal((Old.Root.SerialNumber, Clock.GetUtcNow()), (transition.RootSerialNumber, transition.IssuedAt));
        Assert.Equal(Good, transition.ToBytes());
    }

    [Fact]
    public void The_bytes_are_the_documented_ones()
    {
        byte[] certificate = New.Root.ToBytes();
        Assert.Equal("Postern root transition v1", Encoding.ASCII.GetString(Good, 0, 26));
        Assert.Equal(Old.Root.SerialNumber, Convert.ToHexString(Good, 26, 16));
        Assert.Equal(Old.Root.Suite.Id, Good[42]);
        Assert.Equal(Clock.GetUtcNow().ToUnixTimeSeconds(), BinaryPrimitives.ReadInt64LittleEndian(Good.AsSpan(43)));
        Assert.Equal(certificate.Length, BinaryPrimitives.ReadInt32LittleEndian(Good.AsSpan(51)));
        Assert.Equal(certificate, Good[55..(55 + certificate.Length)]);
        Assert.True(Old.Root.Suite.Signature.Verify(Old.Root.VerificationKey, Good.AsSpan(0, 55 + certificate.Length), Good.AsSpan(55 + certificate.Length)));
    }

    [Theory]
    [InlineData(26)] // The old root's serial.
    [InlineData(43)] // The date.
    [InlineData(100)] // The new root's own signature.
    [InlineData(-1)] // The old root's signature.
    public void A_changed_byte_is_noticed(int at)
    {
        byte[] changed = [.. Good];
        changed[at < 0 ? ^-at : at] ^= 1;
        Assert.Equal(ChannelError.CertificateInvalid, Assert.Throws<ChannelException>(() => Old.Root.Verify(RootTransition.Parse(changed), Policy)).Error);
    }

    [Fact]
    public void Every_other_length_is_refused()
    {
        for (int length = 0; length < Good.Length; length++)
        {
            Assert.Throws<FormatException>(() => RootTransition.Parse(Good.AsSpan(0, length)));
        }

        Assert.Throws<FormatException>(() => RootTransition.Parse([.. Good, 0]));
    }

    [Fact]
    public void A_size_past_the_end_is_refused()
    {
        byte[] changed = [.. Good];
        BinaryPrimitives.WriteUInt32LittleEndian(changed.AsSpan(51), uint.MaxValue);
        Assert.Throws<FormatException>(() => RootTransition.Parse(changed));
    }

    [Fact]
    public void Another_roots_signature_is_not_enough()
    {
        byte[] body = RootTransition.WriteBody(Old.Root.Suite, Old.Root.Serial, Clock.GetUtcNow(), New.Root);
        using RootKey impostor = RootKey.Generate(Old.Root.Suite, "impostor", TimeSpan.FromDays(300), FakeClock.At("2026-01-01"));
        byte[] signature = new byte[Old.Root.Suite.Signature.SignatureSize];
        impostor.Sign(Cryptography.RandomSource.System, body, signature);
        ChannelException refused = Assert.Throws<ChannelException>(() => Old.Root.Verify(RootTransition.Create(body, signature), Policy));
        Assert.Contains("was not signed by the root", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_transition_counts_for_its_own_root_only() =>
        Assert.Throws<ChannelException>(() => Foreign.Root.Verify(RootTransition.Parse(Good), Policy));

    [Fact]
    public void An_old_root_that_has_ended_leads_nowhere() => Assert.Equal(
        ChannelError.CertificateExpired,
        Assert.Throws<ChannelException>(() => Old.Root.Verify(RootTransition.Parse(Good), TestAuthority.PolicyAt(FakeClock.At("2027-06-01")))).Error);

    [Fact]
    public void A_new_root_that_did_not_sign_itself_is_refused()
    {
        byte[] unsigned = New.Root.ToBytes();
        unsigned[7] ^= 1;
        RootTransition transition = Sign(Old, RootCertificate.Parse(unsigned));
        Assert.Contains("itself", Assert.Throws<ChannelException>(() => Old.Root.Verify(transition, Policy)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_root_does_not_follow_itself()
    {
        using RootKey key = Old.RootKey;
        Assert.Throws<ArgumentException>(() => key.SignTransition(Old.Root, Clock));
    }

    private static RootTransition Sign(TestAuthority by, RootCertificate successor)
    {
        using RootKey key = by.RootKey;
        return key.SignTransition(successor, Clock);
    }
}
