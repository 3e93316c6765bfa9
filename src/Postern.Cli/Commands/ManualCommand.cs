using System.CommandLine;
using System.Text;
using Postern.Cli.Files;
using Postern.Cli.Reference;
using Postern.Cli.Terminal;
using Postern.Storage;

namespace Postern.Cli.Commands;

/// <summary><c>postern man</c>: writes the manual pages. For those who make packages; users have them from there, or read the help.</summary>
internal static class ManualCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Option<string> folder = CommonOptions.Folder();
        Command command = new("man", "Write the manual pages into a folder. Those that are there are replaced.") { folder };
        command.Hidden = true;
        command.SetAction(result =>
        {
            string path = result.GetValue(folder)!;
            OutputFiles.ExpectFolder(path);
            OutputFiles.MakeFolder(path);
            foreach ((string name, string text) in ManualPages.Write(result.RootCommandResult.Command, ManualEdition.Of(terminal)))
            {
                AtomicFile.WritePublic(Path.Combine(path, name), Encoding.UTF8.GetBytes(text), overwrite: true);
            }

            return ExitCode.Success;
        });
        return command;
    }
}
