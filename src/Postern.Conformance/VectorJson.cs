using System.Text.Json;

namespace Postern.Conformance;

/// <summary>Reads the fields of vector files; what is missing or of the wrong form is a <see cref="FormatException"/>.</summary>
internal static class VectorJson
{
    /// <summary>Largest number of bytes that a vector may ask to be computed: some outputs are named by their length only.</summary>
    public const int MaxOutputSize = 1024 * 1024;

    /// <summary>An object with all of these fields.</summary>
    public static bool HasAll(this JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (!Has(element, name)) return false;
        }

        return true;
    }

    /// <summary>An object in which at least one of these fields is an array.</summary>
    public static bool HasAnyArray(this JsonElement element, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (Has(element, name) && element.GetProperty(name).ValueKind == JsonValueKind.Array) return true;
        }

        return false;
    }

    public static bool Has(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out _);

    /// <summary>An object in which this field is this text.</summary>
    public static bool HasText(this JsonElement element, string name, string text) =>
        Has(element, name) && element.GetProperty(name) is { ValueKind: JsonValueKind.String } field && field.ValueEquals(text);

    /// <summary>The first element of an array that is a field here; undefined if there is none.</summary>
    public static JsonElement FirstOf(this JsonElement element, string name) => Has(element, name) ? First(element.GetProperty(name)) : default;

    /// <summary>The first element; undefined if this is no array or an empty one.</summary>
    public static JsonElement First(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Array && element.GetArrayLength() > 0 ? element[0] : default;

    public static JsonElement Field(this JsonElement element, string name) =>
        Has(element, name) ? element.GetProperty(name) : throw new FormatException($"the field '{name}' is missing");

    public static string Text(this JsonElement element, string name) => StringOf(Field(element, name), name);

    public static byte[] Bytes(this JsonElement element, string name) => Hex(Text(element, name), name);

    public static int Number(this JsonElement element, string name) =>
        Field(element, name) is { ValueKind: JsonValueKind.Number } field && field.TryGetInt32(out int value)
            ? value
            : throw new FormatException($"'{name}' is no whole number");

    public static ulong LongNumber(this JsonElement element, string name) =>
        Field(element, name) is { ValueKind: JsonValueKind.Number } field && field.TryGetUInt64(out ulong value)
            ? value
            : throw new FormatException($"'{name}' is no whole number");

    /// <summary>A length of output, 0 to <see cref="MaxOutputSize"/>.</summary>
    public static int Size(this JsonElement element, string name)
    {
        int size = Number(element, name);
        return size is >= 0 and <= MaxOutputSize ? size : throw new FormatException($"'{name}' is not 0 to {MaxOutputSize}");
    }

    public static bool Flag(this JsonElement element, string name) => Field(element, name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new FormatException($"'{name}' is neither true nor false"),
    };

    /// <summary>The elements of an array with at least one: an empty one would check nothing.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name)
    {
        JsonElement field = Field(element, name);
        if (First(field).ValueKind == JsonValueKind.Undefined) throw new FormatException($"'{name}' is no list, or an empty one");
        return field.EnumerateArray();
    }

    /// <summary>The elements of a list of byte strings, which may be empty.</summary>
    public static List<byte[]> ByteStrings(this JsonElement element, string name)
    {
        JsonElement field = Field(element, name);
        if (field.ValueKind != JsonValueKind.Array) throw new FormatException($"'{name}' is no list");
        return [.. field.EnumerateArray().Select(item => Hex(StringOf(item, name), name))];
    }

    private static string StringOf(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new FormatException($"'{name}' is no text");

    private static byte[] Hex(string text, string name)
    {
        try
        {
            return Convert.FromHexString(text);
        }
        catch (FormatException exception)
        {
            throw new FormatException($"'{name}' is no hexadecimal text", exception);
        }
    }
}
