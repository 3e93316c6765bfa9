using System.Buffers;
using System.Text;

namespace Postern.Storage;

/// <summary>Reads the lines of a printed certificate in their order.</summary>
internal ref struct TextLines
{
    private readonly string[] _lines;
    private int _next;

    public TextLines(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _lines = text.ReplaceLineEndings("\n").Split('\n');
    }

    /// <summary>The next line must be this one; blanks at its end do not count, editors cut them.</summary>
    public void Expect(string line)
    {
        string actual = NextLine();
        if (!string.Equals(actual.TrimEnd(), line.TrimEnd(), StringComparison.Ordinal))
        {
            throw new FormatException($"Line {_next}: expected '{line.TrimEnd()}'.");
        }
    }

    /// <summary>The rest of the next line, which must start with <paramref name="label"/>.</summary>
    public string Field(string label) => TryField(label) ?? throw new FormatException($"Line {_next + 1}: expected '{label.TrimEnd()}'.");

    /// <summary>As <see cref="Field"/>, but null, with the line left, if it starts otherwise.</summary>
    public string? TryField(string label)
    {
        if (_next >= _lines.Length || !_lines[_next].StartsWith(label, StringComparison.Ordinal)) return null;
        return NextLine()[label.Length..].TrimEnd();
    }

    public byte[] Hex(string label, int size)
    {
        string digits = Field(label);
        if (digits.Length != 2 * size) throw new FormatException($"Line {_next}: expected {2 * size} hexadecimal digits.");
        byte[] data = new byte[size];
        return Convert.FromHexString(digits, data, out _, out _) == OperationStatus.Done
            ? data
            : throw new FormatException($"Line {_next}: expected hexadecimal digits.");
    }

    public ulong Date(string label, TimeZoneInfo zone)
    {
        string text = Field(label);
        try
        {
            return FileText.ParseDate(text, zone);
        }
        catch (FormatException exception)
        {
            throw new FormatException($"Line {_next}: {exception.Message}", exception);
        }
    }

    /// <summary>A block of base64 up to the next label, of exactly <paramref name="size"/> bytes.</summary>
    public byte[] Base64(int size)
    {
        int first = _next + 1;
        StringBuilder text = new();
        int length = (size + 2) / 3 * 4;
        while (text.Length < length)
        {
            text.Append(NextLine().Trim());
        }

        // A block whose last line is full is followed by an empty line.
        if (_next < _lines.Length && _lines[_next].Length == 0) _next++;
        byte[] data = new byte[text.Length];
        if (!Convert.TryFromBase64String(text.ToString(), data, out int written)) throw new FormatException($"Lines {first} to {_next}: this is no base64.");
        if (written != size) throw new FormatException($"Lines {first} to {_next}: expected {size} bytes in base64, got {written}.");
        return data[..size];
    }

    public void ExpectEnd()
    {
        while (_next < _lines.Length)
        {
            if (NextLine().Trim().Length > 0) throw new FormatException($"Line {_next}: text after the end of the block.");
        }
    }

    private string NextLine() =>
        _next < _lines.Length ? _lines[_next++] : throw new FormatException("The text ends too early.");
}
