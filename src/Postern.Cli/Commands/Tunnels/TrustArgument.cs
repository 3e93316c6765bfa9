using Postern.Cli.Commands.Keys;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qsmp;

namespace Postern.Cli.Commands.Tunnels;

/// <summary>Whom a DUPLEX listener accepts: key files, folders of them, or the user's own folder.</summary>
internal static class TrustArgument
{
    /// <summary>Loads them.</summary>
    /// <param name="terminal">Where warnings go.</param>
    /// <param name="files">Reads keys.</param>
    /// <param name="paths">As given.</param>
    /// <param name="needsSomeone">A command that waits for one peer has nobody to wait for without any key.</param>
    /// <param name="mode">What the keys must be labelled with; null for either.</param>
    public static TrustedKeys Load(CommandTerminal terminal, KeyFiles files, IReadOnlyList<string> paths, bool needsSomeone = false, QsmpMode? mode = QsmpMode.Duplex)
    {
        bool areNamed = paths.Count > 0;
        if (!areNamed) paths = [TrustFolder.Open(terminal, null).Path];
        TrustedKeys trusted = TrustedKeys.AnyOf(paths.Select(path => LoadOne(terminal, files, path, areNamed, needsSomeone, mode)));
        foreach (BrokenKeyFile broken in trusted.BrokenFiles) terminal.WriteWarning($"{broken.Path} is not used: {broken.Reason}");
        return trusted;
    }

    private static TrustedKeys LoadOne(CommandTerminal terminal, KeyFiles files, string path, bool isNamed, bool needsSomeone, QsmpMode? mode)
    {
        if (File.Exists(path) || path == FileBytes.StandardInput) return TrustedKeys.Of(mode is { } expected ? files.LoadQsmpPublicKey(path, expected) : files.LoadQsmpPublicKey(path));
        if (isNamed && !Directory.Exists(path)) throw new CommandException(ExitCode.File, $"{path}: there is no such file or folder.");
        TrustFolder folder = TrustFolder.Open(terminal, path);
        bool isEmpty = folder.Read().Count == 0;
        if (isEmpty && needsSomeone) throw new CommandException(ExitCode.Usage, $"Nobody is trusted: {folder.Path} holds no keys. 'postern key trust' puts one there.");
        if (isEmpty) terminal.WriteWarning($"{folder.Path} holds no keys: nobody gets in until 'postern key trust' puts one there.");
        return TrustedKeys.FromFolder(folder.Path);
    }
}
