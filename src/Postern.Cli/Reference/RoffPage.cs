using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Postern.Cli.Reference;

/// <summary>Writes a manual page in man(7).</summary>
internal sealed partial class RoffPage
{
    private readonly StringBuilder _text = new();

    /// <summary>A page with its title and name.</summary>
    /// <param name="name">The page's name.</param>
    /// <param name="section">The section of the manual.</param>
    /// <param name="summary">What it is, in a line.</param>
    /// <param name="edition">Date and version, which stand below each page.</param>
    public RoffPage(string name, int section, string summary, ManualEdition edition)
    {
        Line($".TH {Escape(name.ToUpperInvariant())} {section} {edition.Date:yyyy-MM-dd} \"Postern {edition.Version}\" Postern");
        Section("NAME");
        Line($"{Escape(name)} \\- {Escape(summary)}");
    }

    public override string ToString() => _text.ToString();

    public void Section(string title) => Line($".SH {title}");

    /// <summary>Lines as they are: roff of the caller's own.</summary>
    public void Line(string roff) => _text.Append(roff).Append('\n');

    /// <summary>Text of the command, with blank lines between paragraphs and indented lines that stay as they are.</summary>
    public void Text(IEnumerable<string> lines)
    {
        bool isLiteral = false;
        bool isFirst = true;
        bool isOpen = false;
        foreach (string line in lines)
        {
            if (line.Length == 0)
            {
                isOpen = false;
                continue;
            }

            if (line[0] == ' ' != isLiteral)
            {
                isLiteral = !isLiteral;
                Line(isLiteral ? $"{(isFirst ? string.Empty : ".PP\n")}.RS 4\n.nf" : ".fi\n.RE");
                isOpen = isLiteral;
            }

            if (!isOpen && !isFirst) Line(isLiteral ? ".sp" : ".PP");
            isOpen = true;
            isFirst = false;
            Line(isLiteral ? Escape(line.TrimEnd()[Indentation(line)..]) : Prose(line));
        }

        if (isLiteral) Line(".fi\n.RE");
    }

    /// <summary>An entry of a list.</summary>
    /// <param name="tag">Roff of what it is about.</param>
    /// <param name="text">What there is to say of it.</param>
    public void Entry(string tag, string text)
    {
        Line(".TP");
        Line(tag);
        Line(Prose(text));
    }

    /// <summary>In bold face.</summary>
    public static string Bold(string text) => $"\\fB{EscapeInner(text)}\\fR";

    /// <summary>What stands for something else.</summary>
    public static string Italic(string text) => $"\\fI{EscapeInner(text)}\\fR";

    /// <summary>Text in which options are shown in bold face.</summary>
    private static string Prose(string text) => Guard(OptionName().Replace(EscapeInner(text.Trim()), static match => $"\\fB{match.Value}\\fR"));

    private static string Escape(string text) => Guard(EscapeInner(text));

    // What sets examples off is the page's own; what is further in belongs to them.
    private static int Indentation(string line) => line.StartsWith("  ", StringComparison.Ordinal) ? 2 : 1;

    // A line that begins with one of these would be a request.
    private static string Guard(string line) => line.Length > 0 && line[0] is '.' or '\'' ? $"\\&{line}" : line;

    private static string EscapeInner(string text)
    {
        StringBuilder escaped = new(text.Length);
        foreach (char character in text)
        {
            _ = character switch
            {
                '\\' => escaped.Append("\\e"),
                '-' => escaped.Append("\\-"),
                '\'' => escaped.Append("\\(aq"),
                '`' => escaped.Append("\\(ga"),
                '^' => escaped.Append("\\(ha"),
                '~' => escaped.Append("\\(ti"),
                '"' => escaped.Append("\\(dq"),
                > '~' => escaped.Append(CultureInfo.InvariantCulture, $"\\[u{(int)character:X4}]"),
                _ => escaped.Append(character),
            };
        }

        return escaped.ToString();
    }

    [GeneratedRegex(@"(?<![\w\\-])\\-\\-[a-z0-9]+(?:\\-[a-z0-9]+)*", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OptionName();
}
