using System.Text;
using Postern.Cli.Files;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands.Certificates;

/// <summary>The verification key of an outside authority, or its signature: raw bytes, or the same in hexadecimal digits.</summary>
internal static class AuthorityKeyFile
{
    public static byte[] Load(CommandTerminal terminal, string path)
    {
        using FileBytes bytes = FileBytes.Read(terminal, path);
        if (bytes.Span.IsEmpty) throw new CommandException(ExitCode.File, $"{path} is empty.");
        string text = string.Concat(Encoding.Latin1.GetString(bytes.Span).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        bool isHex = text.Length > 0 && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit);
        return isHex ? Convert.FromHexString(text) : bytes.Span.ToArray();
    }
}
