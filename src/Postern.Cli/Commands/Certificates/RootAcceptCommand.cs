using System.CommandLine;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root accept</c>: takes the new root from a transition that the old one signed.</summary>
internal static class RootAcceptCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Argument<string> transition = new("TRANSITION") { Description = "The transition of 'postern root roll'; - is stdin." };
        Option<string> rootPath = RootOptions.Certificate();
        Option<string> output = new("--out", "-o") { Description = "The new root's certificate; - is stdout.", HelpName = "FILE", Required = true };
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "accept",
            "Check that the root that is trusted here says which one follows it, and write the new root's certificate.",
            """
            The old root stays trusted: give both with --root until the last certificate of the old one has ended. The exit code is 1 if the
            transition is not the old root's, or one of the two roots is not valid.

            Examples:
              postern root accept root_transition.qrt --root-cert root_public_cert.qrr --out new_root_public_cert.qrr
              postern connect gate.example.org --root root_public_cert.qrr --root new_root_public_cert.qrr --cert server.qrc
            """)
        {
            transition, rootPath, output, force, json,
        };
        command.SetAction(result =>
        {
            string target = result.GetRequiredValue(output);
            bool toOutput = target == OutputFiles.StandardOutput;
            if (toOutput && result.GetValue(json)) throw new CommandException(ExitCode.Usage, "The certificate goes to stdout, so --json cannot.");
            if (!toOutput)
            {
                OutputFiles.ExpectAbsent(result.GetValue(force), target);
                OutputFiles.ExpectFolderOf(target);
            }

            KeyFiles files = new(terminal);
            RootCertificate root = RootFiles.LoadRoot(terminal.Clock, files, result.GetRequiredValue(rootPath), allowExpired: false);
            RootCertificate successor = Verify(terminal, files, root, result.GetRequiredValue(transition));
            OutputFiles.WritePublic(terminal, target, successor.ToBytes(), result.GetValue(force));
            if (toOutput) return ExitCode.Success;
            FileReport report = FileReport.Of(successor, target, terminal.Clock);
            if (result.GetValue(json)) terminal.WriteJson(report);
            else terminal.WriteLines(report.Lines());
            terminal.WriteHint($"Next: trust both, with --root {result.GetValue(rootPath)} --root {target}, until the old root's last certificate has ended.");
            return ExitCode.Success;
        });
        return command;
    }

    private static RootCertificate Verify(CommandTerminal terminal, KeyFiles files, RootCertificate root, string path)
    {
        RootTransition transition = files.LoadTransition(path);
        try
        {
            return root.Verify(transition, RootFiles.Policy with { Clock = terminal.Clock });
        }
        catch (ChannelException exception)
        {
            throw new CommandException(ExitCode.Failed, $"{path}: {exception.Message}");
        }
    }
}
