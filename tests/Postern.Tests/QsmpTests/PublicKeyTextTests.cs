using System.Text;
using Postern.Qsmp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>The text form of public keys: what is accepted besides the reference's own bytes, and what is not. QSMP §1.14.</summary>
public sealed class PublicKeyTextTests
{
    private const string Key = "qsms/keys/dk1_server";

    [Fact]
    public void What_editors_and_mail_programs_change_at_line_ends_does_not_count()
    {
        foreach (string key in (string[])[Key, "qsmd/keys/dk5_sender"])
        {
            byte[] file = QsmpVectors.Public(key);
            string text = Encoding.ASCII.GetString(file[..^1]);
            string[] same =
            [
                text,
                text.TrimEnd('\n'),
                text.Replace("\n", "\r\n", StringComparison.Ordinal),
                text.Replace("\n", "\r\n", StringComparison.Ordinal) + "\0",
                text.Replace("\n", " \t\n", StringComparison.Ordinal),
                text + "\n  \n\n",
            ];
            Assert.All(same, other => Assert.Equal(file, QsmpPublicKey.Parse(Encoding.ASCII.GetBytes(other)).ToBytes()));
        }
    }

    [Theory]
    [InlineData("------BEGIN QSMS", "------BEGIN QSMX", 1)]
    [InlineData("------BEGIN QSMS", "-----BEGIN QSMS", 1)]
    [InlineData("------BEGIN", "\n------BEGIN", 1)]
    [InlineData("BEGIN QSMS", "BEGIN QSMD", 2)]
    [InlineData("QSMS v1.2", "QSMD v1.2", 2)]
    [InlineData("QSMS v1.2", "QSMS v1.3", 2)]
    [InlineData("Version:", " Version:", 2)]
    [InlineData("dilithium-s1", "dilithium-s2", 3)]
    [InlineData("dilithium-s1", "Dilithium-s1", 3)]
    [InlineData("dilithium-s1", " dilithium-s1", 3)]
    [InlineData("Configuration: ", "Configuration:", 3)]
    [InlineData("Host ID: d", "Host ID: D", 4)]
    [InlineData("Host ID: d", "Host ID: g", 4)]
    [InlineData("Host ID: d", "Host ID: ", 4)]
    [InlineData("Host ID: d", "Host ID: dd", 4)]
    [InlineData("2027-11-21", "2027-02-29", 5)]
    [InlineData("2027-11-21", "1969-12-31", 5)]
    [InlineData("2027-11-21", "2027-11-21Z", 5)]
    [InlineData("22-52-13", "22:52:13", 5)]
    [InlineData("22-52-13", "24-00-00", 5)]
    [InlineData("myLY6Q", "myLY6", 6)]
    [InlineData("myLY6Q", "myLY6Q\n", 6)]
    [InlineData("myLY6Q", "my\u00e9Y6Q", 6)]
    [InlineData("myLY6Q", "my\fY6Q", 6)]
    [InlineData("FvJteP", "FvJt*P", 6)]
    [InlineData("pnvw==", "pnvx==", 33)]
    [InlineData("pnvw==", "pnvwAA", 6)]
    [InlineData("pnvw==\n", "pnvw==\n\n", 34)]
    [InlineData("pnvw==\n", "pnvw==\nAAAA\n", 34)]
    [InlineData("------END QSMS", "------END QSMD", 34)]
    [InlineData("------END QSMS", "-----END QSMS", 34)]
    public void Everything_else_is_refused_with_the_line(string old, string replacement, int line)
    {
        string text = Encoding.ASCII.GetString(QsmpVectors.Public(Key));
        int at = text.IndexOf(old, StringComparison.Ordinal);
        Assert.True(at >= 0);
        string altered = text.Remove(at, old.Length).Insert(at, replacement);
        FormatException exception = Assert.Throws<FormatException>(() => QsmpPublicKey.Parse(Encoding.Latin1.GetBytes(altered)));
        Assert.Matches($"^Lines? {line}(:| to )", exception.Message);
    }

    [Theory]
    [InlineData("Remember the milk.\n")]
    [InlineData("x")]
    [InlineData("\0\0")]
    [InlineData("------BEGIN QSMS PUBLIC KEY BLOCK------\n")]
    public void What_follows_the_end_is_refused(string more)
    {
        byte[] text = QsmpVectors.Public(Key)[..^1];
        Assert.Throws<FormatException>(() => QsmpPublicKey.Parse([.. text, .. Encoding.ASCII.GetBytes(more)]));
    }

    [Fact]
    public void A_text_cut_anywhere_is_refused_but_for_what_does_not_count()
    {
        foreach (string key in (string[])[Key, "qsmd/keys/dk5_sender"])
        {
            byte[] file = QsmpVectors.Public(key);
            for (int length = 0; length < file.Length - 2; length++)
            {
                Assert.Throws<FormatException>(() => QsmpPublicKey.Parse(file.AsSpan(0, length)));
            }
        }
    }

    [Fact]
    public void A_changed_bit_is_refused_or_makes_another_key()
    {
        byte[] file = QsmpVectors.Public(Key);
        int refused = 0;
        for (int offset = 0; offset < file.Length; offset++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                // A blank instead of the zero byte at the end.
                if (offset == file.Length - 1 && bit == 5) continue;
                byte[] altered = [.. file];
                altered[offset] ^= (byte)(1 << bit);
                if (TryParse(altered) is { } key) Assert.Equal(altered, key.ToBytes());
                else refused++;
            }
        }

        Assert.InRange(refused, 1, (8 * file.Length) - 1);
    }

    [Fact]
    public void Two_keys_of_the_same_fields_but_one_have_different_fingerprints_unless_it_is_the_mode()
    {
        string text = Encoding.ASCII.GetString(QsmpVectors.Public(Key));
        string fingerprint = FingerprintOf(text);
        Assert.Equal(fingerprint, FingerprintOf(text.Replace("QSMS", "QSMD", StringComparison.Ordinal)));
        Assert.NotEqual(fingerprint, FingerprintOf(text.Replace("22-52-13", "22-52-14", StringComparison.Ordinal)), StringComparer.Ordinal);
        Assert.NotEqual(fingerprint, FingerprintOf(text.Replace("Host ID: db", "Host ID: dc", StringComparison.Ordinal)), StringComparer.Ordinal);
        Assert.NotEqual(fingerprint, FingerprintOf(text.Replace("myLY6Q", "myLY6R", StringComparison.Ordinal)), StringComparer.Ordinal);
    }

    [Fact]
    public void Dates_are_in_UTC_whatever_the_zone_of_this_host()
    {
        QsmpPublicKey key = QsmpPublicKey.Parse(QsmpVectors.Public(Key));
        Assert.Equal(new DateTimeOffset(2027, 11, 21, 22, 52, 13, TimeSpan.Zero), key.Expiration);
        Assert.Equal(TimeSpan.Zero, key.Expiration.Offset);
    }

    [Fact]
    public void Its_text_for_logs_names_mode_set_and_identity() => Assert.Equal(
        "QSMS key db0d3ff08ffbf96a338d016b22e1c9c7 (dilithium-s1_kyber-s1_sha3_rcs256)", QsmpPublicKey.Parse(QsmpVectors.Public(Key)).ToString());

    private static string FingerprintOf(string text) => QsmpPublicKey.Parse(Encoding.ASCII.GetBytes(text)).Fingerprint;

    private static QsmpPublicKey? TryParse(byte[] data)
    {
        try
        {
            return QsmpPublicKey.Parse(data);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
