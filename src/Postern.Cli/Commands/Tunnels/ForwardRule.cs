using System.Net;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>
/// <c>LISTEN=TARGET</c>, as in <c>5432=db.internal:5432</c> or <c>unix:/run/db.sock=db:5432</c>; or as ssh has it, <c>[ADDRESS:]PORT:HOST:PORT</c>.
/// </summary>
/// <param name="Listen">Where connections are accepted, as text.</param>
/// <param name="Target">Where they lead to.</param>
internal sealed record ForwardRule(string Listen, EndPoint Target)
{
    /// <summary>Reads a rule.</summary>
    /// <exception cref="FormatException">It has neither form.</exception>
    public static ForwardRule Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals > 0) return new ForwardRule(text[..equals], EndPointArgument.ParsePlain(text[(equals + 1)..]));
        string[] parts = SplitOutsideBrackets(text);
        return parts.Length is 3 or 4
            ? new ForwardRule(string.Join(':', parts[..^2]), EndPointArgument.ParseRemote(string.Join(':', parts[^2..]), null))
            : throw new FormatException($"'{text}' is no forwarding: write LISTEN=TARGET, such as 5432=db.internal:5432.");
    }

    private static string[] SplitOutsideBrackets(string text)
    {
        List<string> parts = [];
        int start = 0;
        bool isInside = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is '[' or ']') isInside = text[i] == '[';
            if (text[i] != ':' || isInside) continue;
            parts.Add(text[start..i]);
            start = i + 1;
        }

        parts.Add(text[start..]);
        return [.. parts];
    }
}
