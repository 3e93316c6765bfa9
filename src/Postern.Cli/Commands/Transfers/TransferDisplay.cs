using Postern.Cli.Terminal;
using Postern.Tunneling;
using Spectre.Console;

namespace Postern.Cli.Commands.Transfers;

/// <summary>Shows on stderr how far a transfer is: a bar at a terminal, else now and then a line if one is wanted.</summary>
internal static class TransferDisplay
{
    /// <summary>Runs what reports its progress.</summary>
    /// <param name="terminal">Where it is shown.</param>
    /// <param name="writeLine">What takes the lines if there is no bar; null for nothing.</param>
    /// <param name="work">What is done.</param>
    public static async Task<T> RunAsync<T>(CommandTerminal terminal, Action<string>? writeLine, Func<IProgress<TransferProgress>?, Task<T>> work)
    {
        IAnsiConsole console = terminal.ErrorConsole;
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Capabilities.Ansi)
        {
            return await work(writeLine is null ? null : new TransferLines(writeLine, terminal.Clock));
        }

        return await console.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn(),
                new ProgressBarColumn(),
                new PercentageColumn(),
                new DownloadedColumn(),
                new TransferSpeedColumn(),
                new RemainingTimeColumn())
            .StartAsync(context => work(new TransferBar(context, terminal.Clock)));
    }
}
