using System.CommandLine;
using Postern.Cli.Reference;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary><c>postern completion</c>: scripts that complete the command's words in shells.</summary>
internal static class CompletionCommand
{
    private const string Bash = "bash";
    private const string Zsh = "zsh";
    private const string Fish = "fish";

    public static Command Create(CommandTerminal terminal)
    {
        Argument<string> shell = new("SHELL") { Description = $"{Bash}, {Zsh} or {Fish}." };
        shell.AcceptOnlyFromAmong(Bash, Zsh, Fish);
        DetailedCommand command = new(
            "completion",
            "Write a script that completes postern's commands, options and values in a shell.",
            """
            The Debian package has these scripts where the shells look for them. Elsewhere each user puts them in place, anew after an update.
            Bash must be 4.0 or newer, zsh 5.1, fish 3.1.

            Examples:
              postern completion bash > ~/.local/share/bash-completion/completions/postern
              postern completion zsh > ~/.zfunc/_postern        # with 'fpath+=~/.zfunc' before 'compinit' in ~/.zshrc
              postern completion fish > ~/.config/fish/completions/postern.fish
              postern completion bash | source /dev/stdin       # for this shell alone; zsh likewise, after 'compinit'
            """)
        {
            shell,
        };
        command.SetAction(result =>
        {
            IReadOnlyList<CommandPlace> places = CommandPlace.All(result.RootCommandResult.Command);
            terminal.Out.Write(result.GetValue(shell) switch
            {
                Bash => BashCompletion.Write(places),
                Zsh => ZshCompletion.Write(places),
                _ => FishCompletion.Write(places),
            });
            return ExitCode.Success;
        });
        return command;
    }
}
