using System.Diagnostics;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>Runs the command as a process of its own, with stdin, stdout and stderr as pipes.</summary>
internal static class CommandProcess
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    public static Task<CommandResult> RunAsync(string folder, byte[] input, params string[] arguments) =>
        RunAsync(folder, input, new Dictionary<string, string>(StringComparer.Ordinal), arguments);

    /// <summary>With more in its environment.</summary>
    public static async Task<CommandResult> RunAsync(string folder, byte[] input, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        ProcessStartInfo start = new(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment["TERM"] = "xterm-256color";
        start.Environment.Remove(Postern.Cli.Terminal.PassphraseSource.Variable);
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Postern.Cli.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        using CancellationTokenSource deadline = new(Deadline);
        try
        {
            Task<byte[]> output = ReadAsync(process.StandardOutput.BaseStream, deadline.Token);
            Task<string> error = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.StandardInput.BaseStream.WriteAsync(input, deadline.Token);
            process.StandardInput.Close();
            byte[] data = await output;
            string messages = await error;
            await process.WaitForExitAsync(deadline.Token);
            return new CommandResult(process.ExitCode, System.Text.Encoding.UTF8.GetString(data), messages, data);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using MemoryStream data = new();
        await stream.CopyToAsync(data, cancellationToken);
        return data.ToArray();
    }
}
