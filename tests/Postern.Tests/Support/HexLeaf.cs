using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Postern.Tests.Support;

/// <summary>A string of hexadecimal digits in a JSON file: where it stands in the structure and in the file's bytes.</summary>
/// <param name="Path">Such as <c>messages[3].packet</c>.</param>
/// <param name="Offset">Of its first digit in the file.</param>
/// <param name="Length">Digits.</param>
internal sealed record HexLeaf(string Path, int Offset, int Length)
{
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    /// <summary>The path without the numbers, such as <c>messages[].packet</c>: the same field of every row.</summary>
    public string Pattern => string.Concat(Path.Split('[').Select((part, i) => i == 0 ? part : "[" + part[part.IndexOf(']', StringComparison.Ordinal)..]));

    /// <summary>Every non-empty string of digits that makes whole bytes, in the order of the file.</summary>
    public static List<HexLeaf> FindAll(ReadOnlySpan<byte> json)
    {
        List<HexLeaf> leaves = [];
        Stack<Level> levels = new();
        Utf8JsonReader reader = new(json);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    levels.Peek().Name = reader.GetString()!;
                    continue;
                case JsonTokenType.EndArray or JsonTokenType.EndObject:
                    levels.Pop();
                    continue;
            }

            if (levels.Count > 0) levels.Peek().Index++;
            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                levels.Push(new Level { IsArray = reader.TokenType == JsonTokenType.StartArray });
            }
            else if (reader.TokenType == JsonTokenType.String && IsHex(reader.ValueSpan))
            {
                leaves.Add(new HexLeaf(PathOf(levels), (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length));
            }
        }

        return leaves;
    }

    /// <summary>The file with one bit of one digit changed; the digit stays one.</summary>
    public byte[] Flip(byte[] json, int digit)
    {
        byte[] altered = [.. json];
        int value = Convert.ToInt32(((char)json[Offset + digit]).ToString(), 16) ^ 1;
        altered[Offset + digit] = (byte)value.ToString("x", CultureInfo.InvariantCulture)[0];
        return altered;
    }

    private static bool IsHex(ReadOnlySpan<byte> text) =>
        text.Length > 0 && text.Length % 2 == 0 && !text.ContainsAnyExcept(HexDigits);

    private static string PathOf(Stack<Level> levels)
    {
        StringBuilder path = new();
        foreach (Level level in levels.Reverse())
        {
            if (level.IsArray) path.Append(CultureInfo.InvariantCulture, $"[{level.Index}]");
            else path.Append(path.Length > 0 ? "." : "").Append(level.Name);
        }

        return path.ToString();
    }

    private sealed class Level
    {
        public bool IsArray { get; init; }

        public int Index { get; set; } = -1;

        public string Name { get; set; } = "";
    }
}
