using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>The printed form. (QSTP §5.6)</summary>
public sealed class CertificateTextTests
{
    public static TheoryData<byte, string> SuitesAndZones => new(
        from suite in QstpSuites.All
        from zone in new[] { "UTC", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Kiritimati" }
        select (suite.Id, zone));

    [Theory]
    [MemberData(nameof(SuitesAndZones))]
    public void A_text_read_in_the_zone_it_was_written_in_gives_the_same_certificate(byte id, string zoneName)
    {
        TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
        TestAuthority authority = TestAuthority.For(QstpSuites.FromId(id)!);
        string root = CertificateText.Format(authority.Root, zone);
        string server = CertificateText.Format(authority.Certificate, zone);
        Assert.True(CertificateText.ParseRoot(root, zone).IsSameAs(authority.Root));
        Assert.True(CertificateText.ParseServer(server, zone).IsSameAs(authority.Certificate));
        Assert.True(CertificateText.ParseServer(server.ReplaceLineEndings("\r\n"), zone).IsSameAs(authority.Certificate));
        Assert.True(CertificateText.IsText(System.Text.Encoding.ASCII.GetBytes(root)));
        Assert.EndsWith("BLOCK------\n", root, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_text_with_a_line_missing_or_doubled_is_malformed(byte id)
    {
        TestAuthority authority = TestAuthority.For(QstpSuites.FromId(id)!);
        CheckLines(CertificateText.Format(authority.Root, TimeZoneInfo.Utc), text => CertificateText.ParseRoot(text, TimeZoneInfo.Utc), authority.Root);
        CheckLines(
            CertificateText.Format(authority.Certificate, TimeZoneInfo.Utc), text => CertificateText.ParseServer(text, TimeZoneInfo.Utc), authority.Certificate);
    }

    [Fact]
    public void Every_broken_character_gives_another_certificate_or_a_malformed_text()
    {
        TestAuthority authority = TestAuthority.For(QstpSuites.DilithiumS1KyberS1);
        string good = CertificateText.Format(authority.Certificate, TimeZoneInfo.Utc);
        Random random = new(1);
        int refused = 0;
        for (int i = 0; i < good.Length; i++)
        {
            char[] text = good.ToCharArray();
            text[i] = (char)random.Next(1, i % 2 == 0 ? 128 : 0x2000);
            if (TryParse(() => CertificateText.ParseServer(new string(text), TimeZoneInfo.Utc)) is null) refused++;
        }

        Assert.InRange(refused, good.Length / 10, good.Length);
    }

    [Theory]
    [InlineData("Issuer: ", "Issuer: ")]
    [InlineData("Issuer: ", "Issuer: an issuer of more than thirty-two characters")]
    [InlineData("Issuer: ", "Issuer: \u00FC")]
    [InlineData("Issuer: ", "Issuer: a\tb")]
    [InlineData("Serial: ", "Serial: 00")]
    [InlineData("Serial: ", "Serial: GGGGGGGGGGGGGGGGGGGGGGGGGGGGGGGG")]
    [InlineData("Valid From: ", "Valid From: 0001-01-01 00-00-00")]
    [InlineData("Valid From: ", "Valid From: 2026-02-30 00-00-00")]
    [InlineData("Valid To: ", "Valid To: 9999-12-31 23-59-59")]
    [InlineData("Valid To: ", "Valid To: 2026-01-01 00:00:00")]
    [InlineData("Algorithm: ", "Algorithm: dilithium-s9")]
    [InlineData("Version: ", "Version: 0x02")]
    [InlineData("Root Serial: ", "Root Serial: ")]
    public void A_field_that_makes_no_sense_is_a_malformed_text_in_every_zone(string label, string line)
    {
        TestAuthority authority = TestAuthority.For(QstpSuites.DilithiumS1KyberS1);
        foreach (string zoneName in new[] { "UTC", "Pacific/Kiritimati", "America/New_York" })
        {
            TimeZoneInfo zone = TimeZoneInfo.FindSystemTimeZoneById(zoneName);
            string[] lines = CertificateText.Format(authority.Certificate, zone).Split('\n');
            lines[Array.FindIndex(lines, other => other.StartsWith(label, StringComparison.Ordinal))] = line;
            ServerCertificate? parsed = TryParse(() => CertificateText.ParseServer(string.Join('\n', lines), zone));

            // Far dates are dates, as long as they exist in UTC.
            if (!line.Contains("0001-", StringComparison.Ordinal) && !line.Contains("9999-", StringComparison.Ordinal)) Assert.Null(parsed);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("garbage")]
    [InlineData("------BEGIN QSTP ROOT PUBLIC CERTIFICATE BLOCK------")]
    [InlineData("------BEGIN QSTP CHILD PUBLIC CERTIFICATE BLOCK------\n\n\n\n\n\n\n\n\n\n")]
    public void Garbage_is_a_malformed_text(string text)
    {
        Assert.Throws<FormatException>(() => CertificateText.ParseRoot(text));
        Assert.Throws<FormatException>(() => CertificateText.ParseServer(text));
    }

    [Fact]
    public void A_root_is_no_server_and_the_other_way_round()
    {
        TestAuthority authority = TestAuthority.For(QstpSuites.DilithiumS1KyberS1);
        Assert.Throws<FormatException>(() => CertificateText.ParseServer(CertificateText.Format(authority.Root)));
        Assert.Throws<FormatException>(() => CertificateText.ParseRoot(CertificateText.Format(authority.Certificate)));
    }

    private static void CheckLines<T>(string text, Func<string, T> parse, T genuine)
        where T : Certificate
    {
        string[] lines = text.TrimEnd('\n').Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string without = string.Join('\n', lines.Where((_, index) => index != i)) + '\n';
            string doubled = string.Join('\n', lines.Take(i + 1).Concat(lines.Skip(i))) + '\n';

            // The empty line after a full block (§5.6) may be missing: editors take it out.
            if (lines[i].Length == 0) Assert.True(genuine.IsSameAs(parse(without)));
            else Assert.Throws<FormatException>(() => parse(without));
            Assert.Throws<FormatException>(() => parse(doubled));
        }
    }

    // Null for a malformed text; any exception but the one for that goes through.
    private static T? TryParse<T>(Func<T> parse)
        where T : class
    {
        try
        {
            return parse();
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
