using System.CommandLine;
using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Postern.Cli;
using Postern.Cli.Commands.Tunnels;
using Postern.Cli.Services;
using Postern.Cli.Terminal;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Commands;

public class ProgramTests
{
    // The child lives on after the program and holds its stdin, which it never reads.
    private const string StaysBehind = "exec 3<&0; sleep 40 <&3 >/dev/null 2>&1 & exit 0";

    // And its stdout.
    private const string StaysBehindWithOutput = "exec 3<&0; sleep 40 <&3 2>/dev/null & exit 0";

    [Fact]
    public async Task A_program_does_not_inherit_the_passphrase()
    {
        await using PosternProcess serve = PosternProcess.Serve("--exec", "env");
        await using PosternProcess connect = PosternProcess.Connect(await serve.ListeningAsync());
        string environment = Encoding.UTF8.GetString(await connect.ExchangeAsync([]));
        Assert.Contains("PATH=", environment, StringComparison.Ordinal);
        Assert.DoesNotContain(PassphraseSource.Variable, environment, StringComparison.Ordinal);
        Assert.DoesNotContain(PosternProcess.Passphrase, environment, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(StaysBehind)]
    [InlineData(StaysBehindWithOutput)]
    public async Task An_abort_ends_what_waits_for_pipes_that_a_child_holds(string script)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("sh", ["-c", script]) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true })!;
        using ProgramEnd end = new(process);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Wire.Limit, TestContext.Current.CancellationToken);
        Task reading = script == StaysBehind ? Task.CompletedTask : end.ReadAsync(new byte[1]).AsTask();
        Task writing = end.WriteAsync(new byte[4 << 20]).AsTask();
        Assert.False(writing.IsCompleted);
        await end.AbortAsync().AsTask().WaitAsync(Wire.Limit, TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing.WaitAsync(Wire.Limit, TestContext.Current.CancellationToken));
        if (script != StaysBehind) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Wire.Limit, TestContext.Current.CancellationToken));
        await end.AbortAsync();
    }

    [Theory]
    [InlineData(StaysBehind)]
    [InlineData(StaysBehindWithOutput)]
    public async Task A_child_that_stays_behind_does_not_keep_the_daemon(string script)
    {
        await using PosternProcess serve = PosternProcess.Serve("--exec", $"sh -c \"{script}\"", "--drain-timeout", "0.1");
        IPEndPoint endPoint = await serve.ListeningAsync();
        await using SecureChannel channel = await Qstp.QstpClient.ConnectAsync(
            endPoint, TestKeys.Default.Verified, cancellationToken: TestContext.Current.CancellationToken);
        using CancellationTokenSource stop = new();
        Task sending = SendAsync(channel, stop.Token);
        await Until.StillAsync(() => channel.BytesSent);
        serve.Terminate();
        Assert.Equal(ExitCode.Interrupted, await serve.ExitAsync());
        await stop.CancelAsync();
        await sending.WaitAsync(Wire.Limit, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(true, 256, "--ratchet-after", "1000")]
    [InlineData(true, 257, "--max-connections", "257")]
    [InlineData(false, 16_384, "--ratchet-after", "1000")]
    public void A_server_that_starts_programs_has_a_lower_limit_unless_one_is_given(bool startsPrograms, int limit, string option, string value)
    {
        ServerArguments options = new(new ProtocolChoice(TunnelProtocol.Qstp));
        Command command = new("test");
        options.AddTo(command);
        ParseResult result = command.Parse([.. PosternProcess.Server(TestKeys.Default), option, value]);
        Assert.Empty(result.Errors);
        Assert.Equal(limit, options.CreateLimits(result, startsPrograms).MaxConnections);
    }

    [Fact]
    public async Task Help_has_the_limit_of_programs()
    {
        CommandResult result = await CommandHost.Run("serve", "--help");
        string words = string.Join(' ', result.Expect(ExitCode.Success).Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("With --exec the default is 256.", words, StringComparison.Ordinal);
    }

    private static async Task SendAsync(SecureChannel channel, CancellationToken cancellationToken)
    {
        byte[] message = new byte[16_000];
        try
        {
            while (true) await channel.SendAsync(message, cancellationToken);
        }
        catch (Exception exception) when (exception is ChannelException or OperationCanceledException)
        {
            // Nobody takes it.
        }
    }
}
