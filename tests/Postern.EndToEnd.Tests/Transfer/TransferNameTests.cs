using System.Text;
using Postern.Tunneling;

namespace Postern.EndToEnd.Tests.Transfer;

public class TransferNameTests
{
    public static TheoryData<string> Bad =>
    [
        string.Empty, ".", "..", ".bashrc", "-rf", "../x", "a/b", "/etc/passwd", "a\\b", "C:x", "x:stream", "a*b", "a?b", "a\"b", "a<b", "a>b", "a|b",
        "a\0b", "a\nb", "a\u001b[2Jb", "a\u007fb", "a\u0085b", "\u202Egpj.exe", "a\u2066b", "a\u2028b", "a\uE000b", "a\uFEFFb",
        " a", "a ", "a.", "a..", "CON", "nul", "Aux.txt", "com1", "LPT9.tar.gz", "COM¹", "con .txt", "CONIN$",
        new string('a', 256), string.Concat(Enumerable.Repeat("ü", 128)), "a\uD800", "\uDC00a",
    ];

    public static TheoryData<string> Good =>
    [
        "a", "notes.tar", "notes.tar.gz", "a b", "a..b", "a-b", "~a", "Résumé.pdf", "注記.txt", "نمی\u200Cخواهم.txt", "👩\u200D🚀.png", "CONSOLE", "COM", "COM10",
        "com1x.txt", "x.con", "a;b", "$(a)", "'a'", "100 %", new string('a', 255), string.Concat(Enumerable.Repeat("ü", 127)),
    ];

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_name_that_is_no_plain_file_name_everywhere_is_refused(string name)
    {
        TransferException exception = Assert.Throws<TransferException>(() => TransferName.Check(name));
        Assert.Equal(TransferError.NameRefused, exception.Error);
    }

    [Theory]
    [MemberData(nameof(Good))]
    public void A_plain_file_name_is_taken(string name)
    {
        Assert.Equal(name, TransferName.Check(name));
        Assert.Equal(name, TransferName.Parse(Encoding.UTF8.GetBytes(name)));
    }

    [Theory]
    [InlineData("61FF")]
    [InlineData("C0AF")]
    [InlineData("EDA080")]
    [InlineData("61C3")]
    public void What_is_no_UTF8_is_refused(string hex) =>
        Assert.Equal(TransferError.NameRefused, Assert.Throws<TransferException>(() => TransferName.Parse(Convert.FromHexString(hex))).Error);
}
