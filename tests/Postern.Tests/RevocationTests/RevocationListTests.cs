using System.Globalization;
using Postern.Cryptography;
using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Tests.Support;

namespace Postern.Tests.RevocationTests;

/// <summary>The form of revocation lists, and that nothing but what the root signed is taken. (docs/revocation.md)</summary>
public sealed class RevocationListTests
{
    private const string Low = "00000000000000000000000000000001";
    private const string High = "FF000000000000000000000000000000";
    private const int EntriesAt = 71;

    private static readonly TestAuthority Authority = TestAuthority.For(QstpSuites.DilithiumS1KyberS1);
    private static readonly DateTimeOffset Issued = DateTimeOffset.Parse("2026-06-01T00:00:00Z", CultureInfo.InvariantCulture);
    private static readonly VerificationPolicy Policy = TestAuthority.PolicyAt(FakeClock.At("2026-06-01"));

    [Fact]
    public void A_list_has_the_documented_bytes()
    {
        byte[] list = Sign(7, Entry(High, RevocationReason.Cessation), Entry(Low, RevocationReason.KeyCompromise)).ToBytes();
        byte[] expected =
        [
            .. "Postern revocation list v1"u8,
            .. Authority.Root.Serial,
            1,
            7, 0, 0, 0, 0, 0, 0, 0,
            0x80, 0xCB, 0x1C, 0x6A, 0, 0, 0, 0,
            0x00, 0x06, 0x26, 0x6A, 0, 0, 0, 0,
            2, 0, 0, 0,
            .. Convert.FromHexString(Low), 0x80, 0xCB, 0x1C, 0x6A, 0, 0, 0, 0, 1,
            .. Convert.FromHexString(High), 0x80, 0xCB, 0x1C, 0x6A, 0, 0, 0, 0, 3,
        ];
        Assert.Equal(expected, list[..expected.Length]);
        Assert.Equal(expected.Length + 2420, list.Length);
        Assert.Equal("E71030D877B262EA9E9DD7AC95639CF78D47589C3DEB22E215F29C26A734D9F2", Digest(list));
    }

    [Fact]
    public void What_was_signed_is_read_and_found()
    {
        VerifiedRevocationList list = Authority.Root.Verify(
            RevocationList.Parse(Sign(long.MaxValue, Entry(High, RevocationReason.Cessation), Entry(Low, RevocationReason.Unspecified)).ToBytes()), Policy);
        Assert.Equal((long.MaxValue, Issued, Issued.AddDays(7), 2), (list.Number, list.IssuedAt, list.NextUpdate, list.Count));
        Assert.Equal(Authority.Root.SerialNumber, list.RootSerialNumber);
        Assert.Equal([Low, High], list.Entries.Select(entry => entry.SerialNumber), StringComparer.Ordinal);
        Assert.Equal((Issued, RevocationReason.Cessation, "cessation"), list.Find(High.ToLowerInvariant()) is { } entry ? (entry.RevokedAt, entry.Reason, entry.ReasonName) : default);
        Assert.Null(list.Find("00000000000000000000000000000002"));
        Assert.Throws<ArgumentException>(() => list.Find("00"));
    }

    [Fact]
    public void Every_serial_of_a_long_list_is_found_and_no_other_and_nothing_is_allocated()
    {
        RevocationEntry[] entries = [.. Enumerable.Range(0, 1001).Select(i => new RevocationEntry((UInt128)((3 * i) + 1), 0, 0))];
        VerifiedRevocationList list = Authority.Root.Verify(Sign(1, entries), Policy);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int found = 0;
        for (int serial = 0; serial < 3010; serial++)
        {
            if (list.Find((UInt128)serial) is { } entry) found += entry.Serial == (UInt128)serial && serial % 3 == 1 ? 1 : 10_000;
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1001, found);
    }

    [Fact]
    public void An_empty_list_revokes_nothing()
    {
        VerifiedRevocationList list = Authority.Root.Verify(Sign(1), Policy);
        Assert.Equal(0, list.Count);
        Assert.Null(list.Find(Low));
    }

    [Fact]
    public void Every_changed_bit_is_refused()
    {
        byte[] list = Sign(7, Entry(Low, RevocationReason.KeyCompromise), Entry(High, RevocationReason.Cessation)).ToBytes();
        for (int i = 0; i < list.Length; i++)
        {
            // All bits of what is signed; one of each byte of the signature, for each takes a verification.
            for (int bit = 0; bit < (i < EntriesAt + 50 ? 8 : 1); bit++)
            {
                byte[] changed = [.. list];
                changed[i] ^= (byte)(1 << ((bit + i) % 8));
                Assert.False(IsTaken(changed), $"Bit {bit} of byte {i}.");
            }
        }
    }

    [Fact]
    public void Every_other_length_is_refused()
    {
        byte[] list = Sign(7, Entry(Low, RevocationReason.KeyCompromise)).ToBytes();
        for (int size = 0; size < list.Length; size++) Assert.Throws<FormatException>(() => RevocationList.Parse(list.AsSpan(0, size)));
        Assert.Throws<FormatException>(() => RevocationList.Parse([.. list, 0]));
    }

    [Theory]
    [InlineData(Low, Low)]
    [InlineData(High, Low)]
    public void Serials_that_do_not_ascend_are_refused_though_the_root_signed_them(string first, string second)
    {
        byte[] body = Sign(7, Entry(Low, RevocationReason.Cessation), Entry(High, RevocationReason.Cessation)).Body.ToArray();
        Convert.FromHexString(first).CopyTo(body, EntriesAt);
        Convert.FromHexString(second).CopyTo(body, EntriesAt + 25);
        Assert.Contains("ascend", Assert.Throws<FormatException>(() => RevocationList.Parse([.. body, .. SignatureOver(body)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_said_is_not_signed()
    {
        Assert.Throws<ArgumentException>(() => Sign(1, Entry(Low, RevocationReason.Cessation), Entry(Low, RevocationReason.Superseded)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sign(0));
        Assert.Throws<ArgumentException>(() => Authority.RootKey.SignRevocations(1, [], Issued, Issued));
        Assert.Throws<ArgumentException>(() => Authority.RootKey.SignRevocations(1, Enumerable.Range(0, RevocationList.MaxEntries + 1).Select(i => new RevocationEntry((UInt128)i, 0, 0)), Issued, Issued.AddDays(1)));
        Assert.Throws<ArgumentException>(() => new RevocationEntry("12", Issued, RevocationReason.Cessation));
    }

    [Fact]
    public void A_count_that_no_list_has_is_refused_before_it_is_believed()
    {
        byte[] list = Sign(7).ToBytes();
        list.AsSpan(EntriesAt - 4, 4).Fill(0xFF);
        Assert.Contains("at most 1000000", Assert.Throws<FormatException>(() => RevocationList.Parse(list)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_signature_that_the_root_made_for_something_else_is_refused()
    {
        // What a root signs of a certificate is a bare hash: that of this list is one, too.
        byte[] body = Sign(7, Entry(Low, RevocationReason.Cessation)).Body.ToArray();
        byte[] hash = Convert.FromHexString(Digest(body));
        Assert.False(IsTaken([.. body, .. SignatureOver(hash)]));
        Assert.True(IsTaken([.. body, .. SignatureOver(body)]));
        Assert.False(IsTaken([.. body, .. Authority.Certificate.Signature]));
    }

    [Fact]
    public void The_list_of_another_root_and_that_of_an_expired_root_are_refused()
    {
        RevocationList list = Sign(7);
        RootCertificate other = TestAuthority.For(QstpSuites.DilithiumS1McElieceS1).Root;
        Assert.Equal(ChannelError.CertificateInvalid, Assert.Throws<ChannelException>(() => other.Verify(list, Policy)).Error);
        using RootKey stranger = RootKey.Generate(QstpSuites.DilithiumS1KyberS1, "stranger", TimeSpan.FromDays(30), FakeClock.At("2026-06-01"));
        Assert.Contains("is of the root", Assert.Throws<ChannelException>(() => stranger.CreateCertificate().Verify(list, Policy)).Message, StringComparison.Ordinal);
        Assert.Equal(
            ChannelError.CertificateExpired,
            Assert.Throws<ChannelException>(() => Authority.Root.Verify(list, TestAuthority.PolicyAt(FakeClock.At("2027-06-01")))).Error);
    }

    private static bool IsTaken(byte[] data)
    {
        try
        {
            Authority.Root.Verify(RevocationList.Parse(data), Policy);
            return true;
        }
        catch (Exception exception) when (exception is FormatException or ChannelException)
        {
            return false;
        }
    }

    private static RevocationEntry Entry(string serial, RevocationReason reason) => new(serial, Issued, reason);

    private static RevocationList Sign(long number, params RevocationEntry[] entries)
    {
        using RootKey key = Authority.RootKey;
        return key.SignRevocations(number, entries, Issued, Issued.AddDays(7), new SeededRandom(1));
    }

    private static byte[] SignatureOver(byte[] message)
    {
        using RootKey key = Authority.RootKey;
        byte[] signature = new byte[key.Suite.Signature.SignatureSize];
        key.Sign(new SeededRandom(1), message, signature);
        return signature;
    }

    private static string Digest(byte[] data)
    {
        byte[] digest = new byte[Sha3.DigestSize256];
        Sha3.HashData256(data, digest);
        return Convert.ToHexString(digest);
    }
}
