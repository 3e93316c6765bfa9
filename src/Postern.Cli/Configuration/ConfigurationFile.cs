using System.Text;
using System.Text.Json;

namespace Postern.Cli.Configuration;

/// <summary>
/// Reads a configuration file: one JSON object of options by their long names, with comments if need be. What a name may be, the command that it is for says.
/// </summary>
internal static class ConfigurationFile
{
    /// <summary>Where <c>postern run</c> has its tunnels.</summary>
    public const string Tunnels = "tunnels";

    private const string Schema = "$schema";
    private const int MaxSize = 1024 * 1024;

    /// <summary>Reads it.</summary>
    /// <exception cref="CommandException">It is not there, or not what it should be; the message has line and column.</exception>
    public static ConfigurationSection Read(string path)
    {
        byte[] data = Load(path);
        Utf8JsonReader reader = new(data, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        Source source = new(path, data);
        try
        {
            reader.Read();
            ConfigurationSection section = ReadSection(ref reader, source, mayHaveTunnels: true);
            reader.Read();
            return section;
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for bytes that are no UTF-8, and for half of a \u pair.
            throw source.PlaceOf(reader.TokenStartIndex).Wrong("this text is no Unicode.");
        }
        catch (JsonException exception)
        {
            ConfigurationPlace place = new(path, (int)(exception.LineNumber ?? 0) + 1, (int)(exception.BytePositionInLine ?? 0) + 1);
            throw place.Wrong(exception.Message.Split(" LineNumber:")[0]);
        }
    }

    private static byte[] Load(string path)
    {
        FileInfo file = new(path);
        if (!file.Exists) throw new CommandException(ExitCode.File, $"{path}: there is no such file.");
        if (file.Length > MaxSize) throw new CommandException(ExitCode.File, $"{path} is larger than a configuration can be ({MaxSize} bytes).");
        byte[] data = File.ReadAllBytes(path);
        return data.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? data[Encoding.UTF8.Preamble.Length..] : data;
    }

    private static ConfigurationSection ReadSection(ref Utf8JsonReader reader, Source source, bool mayHaveTunnels)
    {
        ConfigurationSection section = new(source.PlaceOf(reader.TokenStartIndex));
        if (reader.TokenType != JsonTokenType.StartObject) throw section.Place.Wrong("here an object is needed: { \"option\": value, … }.");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            ConfigurationPlace place = source.PlaceOf(reader.TokenStartIndex);
            string name = reader.GetString()!;
            reader.Read();
            if (section.Find(name) is not null || (name == Tunnels && section.Tunnels is not null)) throw place.Wrong($"'{name}' is here twice.");
            if (name == Tunnels && mayHaveTunnels) section.Tunnels = ReadTunnels(ref reader, source);
            else if (name == Schema) reader.Skip();
            else section.Entries.Add(ReadEntry(ref reader, source, name, place));
        }

        return section;
    }

    private static List<ConfigurationSection> ReadTunnels(ref Utf8JsonReader reader, Source source)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw source.PlaceOf(reader.TokenStartIndex).Wrong($"'{Tunnels}' is a list: [ {{ … }}, … ].");
        List<ConfigurationSection> tunnels = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) tunnels.Add(ReadSection(ref reader, source, mayHaveTunnels: false));
        return tunnels;
    }

    private static ConfigurationEntry ReadEntry(ref Utf8JsonReader reader, Source source, string name, ConfigurationPlace place)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.True:
                return new ConfigurationEntry(name, [], place) { IsSwitch = true };
            case JsonTokenType.False:
                return new ConfigurationEntry(name, null, place);
            case JsonTokenType.StartArray:
                List<string> values = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) values.Add(ReadValue(ref reader, source, name));
                return new ConfigurationEntry(name, values, place);
            default:
                return new ConfigurationEntry(name, [ReadValue(ref reader, source, name)], place);
        }
    }

    private static string ReadValue(ref Utf8JsonReader reader, Source source, string name) => reader.TokenType switch
    {
        JsonTokenType.String => reader.GetString()!,
        JsonTokenType.Number => Encoding.ASCII.GetString(reader.ValueSpan),
        _ => throw source.PlaceOf(reader.TokenStartIndex).Wrong($"'{name}' takes a text, a number, true or false, or a list of texts and numbers."),
    };

    private sealed class Source(string path, byte[] data)
    {
        public ConfigurationPlace PlaceOf(long index)
        {
            ReadOnlySpan<byte> before = data.AsSpan(0, (int)index);
            int line = before.Count((byte)'\n') + 1;
            return new ConfigurationPlace(path, line, before.Length - (before.LastIndexOf((byte)'\n') + 1) + 1);
        }
    }
}
