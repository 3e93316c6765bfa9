using System.Text.Json;
using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.Conformance.Kinds.Primitives;

/// <summary>The small encodings, by the code that reads and writes printed certificates. (primitives §12)</summary>
internal sealed class EncodingKind : IVectorKind
{
    private const int LineLength = 64;
    private const string Label = "Serial: ";

    public string? Recognise(VectorFile file) => file.Json.HasAnyArray("hex", "base64", "line_breaks", "datetime") ? "encoding" : null;

    public void Run(VectorFile file, CheckList checks)
    {
        checks.Each(file.Json, "hex", CheckHex);
        checks.Each(file.Json, "base64", CheckBase64);
        checks.Each(file.Json, "line_breaks", CheckLineBreaks);
        checks.Each(file.Json, "datetime", CheckDate);
    }

    private static void CheckHex(JsonElement vector)
    {
        byte[] bytes = vector.Bytes("bytes");
        Expect.Equal("text", vector.Text("text"), Convert.ToHexStringLower(bytes));
        TextLines lines = new(Label + vector.Text("text"));
        Expect.Equal("bytes", bytes, lines.Hex(Label, bytes.Length));
    }

    private static void CheckBase64(JsonElement vector)
    {
        byte[] bytes = vector.Bytes("bytes");
        string text = vector.Text("text");
        Expect.Equal("text", text, Convert.ToBase64String(bytes));
        TextLines lines = new(FileText.BreakLines(text));
        Expect.Equal("bytes", bytes, lines.Base64(bytes.Length));
    }

    private static void CheckLineBreaks(JsonElement vector)
    {
        if (vector.Number("line_length") != LineLength) throw new UnsupportedVectorException("lines have 64 characters in this build");
        string broken = FileText.BreakLines(vector.Text("input"));
        Expect.Equal("text_of_returned_length", vector.Text("text_of_returned_length"), broken);
        Expect.Equal("returned_length", vector.Number("returned_length"), broken.Length);
    }

    private static void CheckDate(JsonElement vector)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(vector.Text("time_zone"), out TimeZoneInfo? zone))
        {
            throw new UnsupportedVectorException("this machine does not know the time zone");
        }

        ulong seconds = vector.LongNumber("seconds");
        Expect.Equal("text", vector.Text("text"), FileText.FormatDate(seconds, zone));
        Expect.Equal("seconds", seconds, FileText.ParseDate(vector.Text("text"), zone));
    }
}
