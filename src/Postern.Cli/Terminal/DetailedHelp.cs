using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Postern.Cli.Commands;

namespace Postern.Cli.Terminal;

/// <summary>The usual help, then the details of the command.</summary>
internal sealed class DetailedHelp : SynchronousCommandLineAction
{
    private readonly HelpAction _usual = new();

    // A help that is asked for is no mistake, whatever else is missing.
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int exitCode = _usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is DetailedCommand command)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(command.Details);
        }

        return exitCode;
    }
}
