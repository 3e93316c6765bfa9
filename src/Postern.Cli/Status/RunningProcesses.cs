using System.Diagnostics;
using Postern.Cli.Terminal;

namespace Postern.Cli.Status;

/// <summary>The user's <c>postern</c> processes that keep channels open.</summary>
internal static class RunningProcesses
{
    /// <summary>Asks each for its channels; root also those of services, in whose folders it changes nothing.</summary>
    /// <param name="terminal">Says where the sockets are.</param>
    /// <param name="only">The id of the one that is asked; null for all.</param>
    /// <param name="warn">Takes what is wrong with one of them; the others are asked all the same.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <exception cref="UnauthorizedAccessException">Others can use the folder of the sockets.</exception>
    public static async Task<List<ProcessReport>> AskAsync(CommandTerminal terminal, int? only, Action<string> warn, CancellationToken cancellationToken)
    {
        List<ProcessReport> reports = [];
        string? own = StatusFolder.Find(terminal);
        if (own is not null)
        {
            StatusFolder.ExpectPrivate(own);
            await AskAsync(own, isOwn: true);
        }

        foreach (string folder in StatusFolder.OfServices().Where(folder => folder != own)) await AskAsync(folder, isOwn: false);
        return reports;

        async Task AskAsync(string folder, bool isOwn)
        {
            foreach ((int id, string path) in StatusFolder.Sockets(folder).Where(socket => only is null || only == socket.ProcessId))
            {
                try
                {
                    if (await StatusQuery.AskAsync(path, cancellationToken) is { } report) reports.Add(report);
                    else if (isOwn && !IsRunning(id)) File.Delete(path); // Left behind by a process that crashed.
                }
                catch (IOException exception)
                {
                    warn(exception.Message);
                }
            }
        }
    }

    /// <summary>What to say where none answered.</summary>
    public static string NoneAnswers(int? only) => only is { } id ? $"The process {id} does not answer." : "No running postern process answers.";

    private static bool IsRunning(int id)
    {
        try
        {
            using Process process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
