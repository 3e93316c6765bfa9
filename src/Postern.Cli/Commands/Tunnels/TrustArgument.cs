using Postern.Cli.Commands.Keys;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qsmp;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>Whom a DUPLEX listener accepts: key files, folders of them, or the user's own folder.</summary>
internal static class TrustArgument
{
    public static TrustedKeys Load(CommandTerminal terminal, KeyFiles files, IReadOnlyList<string> paths)
    {
        bool areNamed = paths.Count > 0;
        if (!areNamed) paths = [TrustFolder.Open(terminal, null).Path];
        TrustedKeys trusted = TrustedKeys.AnyOf(paths.Select(path => LoadOne(terminal, files, path, areNamed)));
        foreach (BrokenKeyFile broken in trusted.BrokenFiles) terminal.WriteWarning($"{broken.Path} is not used: {broken.Reason}");
        return trusted;
    }

    private static TrustedKeys LoadOne(CommandTerminal terminal, KeyFiles files, string path, bool isNamed)
    {
        if (File.Exists(path) || path == FileBytes.StandardInput) return TrustedKeys.Of(files.LoadQsmpPublicKey(path, QsmpMode.Duplex));
        if (isNamed && !Directory.Exists(path)) throw new CommandException(ExitCode.File, $"{path}: there is no such file or folder.");
        TrustFolder folder = TrustFolder.Open(terminal, path);
        if (folder.Read().Count == 0) terminal.WriteWarning($"{folder.Path} holds no keys: nobody gets in until 'postern key trust' puts one there.");
        return TrustedKeys.FromFolder(folder.Path);
    }
}
