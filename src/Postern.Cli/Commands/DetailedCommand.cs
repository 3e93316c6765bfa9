using System.CommandLine;

namespace Postern.Cli.Commands;

/// <summary>A command whose own help says more than the line that the list of commands shows.</summary>
internal class DetailedCommand(string name, string summary, string details) : Command(name, summary)
{
    /// <summary>What follows the options: explanations and examples.</summary>
    public string Details { get; } = details;
}
