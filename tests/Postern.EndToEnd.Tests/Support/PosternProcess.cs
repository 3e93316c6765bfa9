using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>The command as a process of its own. Disposing kills it if it is still there.</summary>
internal sealed class PosternProcess : IAsyncDisposable
{
    /// <summary>What every one of them has in its environment. No key of <see cref="TestKeys"/> needs it.</summary>
    public const string Passphrase = "Not for everyone";

    private static int count;

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly Task _readingErrors;
    private readonly TaskCompletionSource<IPEndPoint> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private PosternProcess(string? readyFile, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, IEnumerable<string>? launcher = null)
    {
        ReadyFile = readyFile;
        string[] line = [.. launcher ?? HangupSignal.Launcher, "dotnet", Path.Combine(AppContext.BaseDirectory, "Postern.Cli.dll"), .. arguments];
        ProcessStartInfo start = new(line[0], line[1..])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Postern.Cli.Terminal.PassphraseSource.Variable] = Passphrase;
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal)) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _readingErrors = Task.Run(ReadErrorsAsync);
    }

    public string? ReadyFile { get; }

    public int Id => _process.Id;

    public Stream Input => _process.StandardInput.BaseStream;

    public Stream Output => _process.StandardOutput.BaseStream;

    public string Errors
    {
        get
        {
            lock (_errors) return _errors.ToString();
        }
    }

    /// <summary>Where it listens, as the ready file says.</summary>
    public Task<IPEndPoint> ListeningAsync() => _listening.Task.WaitAsync(Wire.Limit);

    /// <summary>Any command.</summary>
    public static PosternProcess Run(params IEnumerable<string> arguments) => new(null, arguments);

    /// <summary>A command that listens.</summary>
    public static PosternProcess Start(params IEnumerable<string> arguments)
    {
        string readyFile = Path.Combine(TestKeys.Default.Folder, $"ready-{Interlocked.Increment(ref count)}");
        return new PosternProcess(readyFile, [.. arguments, "--ready-file", readyFile]);
    }

    /// <summary>A command that listens, with more in its environment.</summary>
    public static PosternProcess StartWith(IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        string readyFile = Path.Combine(TestKeys.Default.Folder, $"ready-{Interlocked.Increment(ref count)}");
        return new PosternProcess(readyFile, [.. arguments, "--ready-file", readyFile], environment);
    }

    /// <summary>Another program that starts the command.</summary>
    public static PosternProcess Launch(IEnumerable<string> launcher, params IEnumerable<string> arguments) => new(null, arguments, launcher: launcher);

    public static PosternProcess Expose(EndPoint target, params IEnumerable<string> more) => Start(
        ["expose", "--to", $"{target}", "--listen", "127.0.0.1:0", .. Server(TestKeys.Default), .. more]);

    public static PosternProcess Forward(EndPoint server, params IEnumerable<string> more) => Start(
        ["forward", "--listen", "127.0.0.1:0", "--server", $"{server}", .. Client(TestKeys.Default), .. more]);

    public static PosternProcess Serve(params IEnumerable<string> more) => Start(
        ["serve", "--listen", "127.0.0.1:0", .. Server(TestKeys.Default), .. more]);

    public static PosternProcess Connect(EndPoint server, params IEnumerable<string> more) => Run(
        ["connect", $"{server}", .. Client(TestKeys.Default), .. more]);

    public static string[] Client(TestKeys keys) => ["--root", keys.RootFile, "--cert", keys.CertificateFile];

    public static string[] Server(TestKeys keys) => [.. Client(keys), "--key", keys.KeyFile];

    /// <summary>Writes all of stdin, closes it, and reads all of stdout.</summary>
    public async Task<byte[]> ExchangeAsync(byte[] input)
    {
        using MemoryStream output = new();
        Task reading = Output.CopyToAsync(output);
        await Input.WriteAsync(input);
        Input.Close();
        await reading.WaitAsync(Wire.Limit);
        return output.ToArray();
    }

    public void Terminate() => Signal("TERM");

    /// <summary>SIGHUP.</summary>
    public void Hangup() => Signal("HUP");

    private void Signal(string name)
    {
        using Process kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits until it has written this to stderr.</summary>
    public Task SaysAsync(string text) => Until.TrueAsync(() => Errors.Contains(text, StringComparison.Ordinal), $"it says '{text}'");

    /// <summary>Waits until it has written this so many times.</summary>
    public Task SaysAsync(string text, int times) => Until.TrueAsync(() => Errors.Split(text).Length > times, $"it says '{text}' {times} times");

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill();

    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Wire.Limit);
        await _readingErrors.WaitAsync(Wire.Limit);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await ExitAsync();
        _process.Dispose();
    }

    private async Task ReadErrorsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            lock (_errors) _errors.AppendLine(line);
            if (ReadyFile is not null && line.Contains("Listening on ", StringComparison.Ordinal)) await ReadReadyFileAsync(ReadyFile);
        }

        _listening.TrySetException(new InvalidOperationException($"It does not listen: {Errors}"));
    }

    // It is written right after the line.
    private async Task ReadReadyFileAsync(string path)
    {
        await Until.TrueAsync(() => File.Exists(path), "the ready file is there");
        _listening.TrySetResult(IPEndPoint.Parse((await File.ReadAllTextAsync(path)).Trim()));
    }
}
