using System.Diagnostics;
using Postern.Cli.Terminal;

namespace Postern.Cli.Status;

/// <summary>The user's <c>postern</c> processes that keep channels open.</summary>
internal static class RunningProcesses
{
    /// <summary>Asks each for its channels.</summary>
    /// <param name="terminal">Says where the sockets are.</param>
    /// <param name="only">The id of the one that is asked; null for all.</param>
    /// <param name="warn">Takes what is wrong with one of them; the others are asked all the same.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    /// <exception cref="UnauthorizedAccessException">Others can use the folder of the sockets.</exception>
    public static async Task<List<ProcessReport>> AskAsync(CommandTerminal terminal, int? only, Action<string> warn, CancellationToken cancellationToken)
    {
        List<ProcessReport> reports = [];
        foreach (string folder in StatusFolder.FindAll(terminal))
        {
            StatusFolder.ExpectPrivate(folder);
            foreach ((int id, string path) in StatusFolder.Sockets(folder).Where(socket => only is null || only == socket.ProcessId))
            {
                if (await AskAsync(id, path, warn, cancellationToken) is { } report) reports.Add(report);
            }
        }

        return reports;
    }

    /// <summary>What to say where none answered.</summary>
    public static string NoneAnswers(int? only) => only is { } id ? $"The process {id} does not answer." : "No running postern process answers.";

    private static async Task<ProcessReport?> AskAsync(int id, string path, Action<string> warn, CancellationToken cancellationToken)
    {
        try
        {
            ProcessReport? report = await StatusQuery.AskAsync(path, cancellationToken);
            if (report is null && !IsRunning(id)) File.Delete(path); // Left behind by a process that crashed.
            return report;
        }
        catch (IOException exception)
        {
            warn(exception.Message);
            return null;
        }
    }

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
