using Postern.Cli.Commands.Keys;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qsmp;

namespace Postern.Cli.Commands.Transfers;

/// <summary>Whom a receiver lets in.</summary>
internal static class TrustedPeers
{
    /// <summary>A folder that is watched, or key files; nothing stands for the user's own folder.</summary>
    public static TrustedKeys Load(CommandTerminal terminal, IReadOnlyList<string> paths)
    {
        if (paths.Count == 0)
        {
            TrustFolder own = TrustFolder.Open(terminal, path: null);
            return FromFolder(own, "'postern key trust' takes a peer's key into it, --trust names a file or another folder.");
        }

        if (!paths.Any(Directory.Exists)) return TrustedKeys.Of(paths.Select(new KeyFiles(terminal).LoadQsmpPublicKey));
        if (paths.Count > 1) throw new CommandException(ExitCode.Usage, "--trust is one folder, or any number of files.");
        return FromFolder(TrustFolder.Open(terminal, paths[0]), "'postern key trust --folder' takes a peer's key into it.");
    }

    private static TrustedKeys FromFolder(TrustFolder folder, string advice)
    {
        if (!folder.Read().Any(file => file.Key is not null))
        {
            throw new CommandException(ExitCode.Usage, $"Nobody is trusted: there is no key in {folder.Path}. {advice}");
        }

        return TrustedKeys.FromFolder(folder.Path);
    }
}
