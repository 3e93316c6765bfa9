using System.ComponentModel;
using System.Diagnostics;
using Postern.Authority.Enrolment;
using Postern.Authority.Records;
using Postern.EndToEnd.Tests.Support;

namespace Postern.EndToEnd.Tests.Service;

/// <summary>
/// The administrators' pages in Chromium, driven by tests/browser/pages.mjs: with and without scripts, by keyboard, dark and light, wide and narrow.
/// The pictures are in artifacts/screenshots.
/// </summary>
public sealed class PageBrowserTests
{
    private const string Hostile = "<script>alert(1)</script>";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task An_administrator_finds_revokes_approves_and_refuses_in_a_browser()
    {
        string? chromium = FindProgram("chromium");
        string? node = FindProgram("node");
        string? repository = FindRepository();
        string packages = Path.Combine(repository ?? string.Empty, "tests", "browser");
        Assert.SkipWhen(chromium is null || node is null, "Chromium and node are needed: .ci/install installs them.");
        Assert.SkipUnless(Directory.Exists(Path.Combine(packages, "node_modules", "playwright-core")), "Run `npm ci` in tests/browser.");

        await using TestService service = await TestService.StartAsync();
        CertificateRecord old = service.Inventory.Issue("old.example.org");
        service.Inventory.Issue(Hostile);
        for (int index = 0; index < 60; index++) service.Inventory.Renew(service.Inventory.Issue($"server{index}.example.org", 5 + (index * 6)), 5 + (index * 6));
        service.Inventory.Revoke(service.Inventory.Issue("stolen.example.org"));
        SubmissionRecord wanted = Submit(service, "wanted.example.org");
        SubmissionRecord unwanted = Submit(service, "unwanted.example.org");
        Submit(service, Hostile);

        string screenshots = Directory.CreateDirectory(Path.Combine(repository!, "artifacts", "screenshots")).FullName;
        await RunAsync(
            node!,
            service.AdminToken,
            [Path.Combine(packages, "pages.mjs"), packages, chromium!, $"{service.Pages}".TrimEnd('/'), screenshots, old.Serial, wanted.Name, unwanted.Name]);

        Assert.StartsWith("admin ", service.Inventory.Inventory.FindRevocation(old.Serial)?.RevokedBy, StringComparison.Ordinal);
        Assert.StartsWith("admin ", service.Inventory.Inventory.Find(wanted.Serial).IssuedBy, StringComparison.Ordinal);
        Assert.False(service.Inventory.Inventory.IsIssued(unwanted.Serial));
        service.ExpectWholeLog();
    }

    private static SubmissionRecord Submit(TestService service, string name) =>
        new EnrolmentDesk(service.Inventory.Inventory, service.Inventory.Key).Submit(service.NewRequest(name), "192.0.2.1");

    private static async Task RunAsync(string program, string token, string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment["POSTERN_TOKEN"] = token;
        using Process process = Process.Start(start) ?? throw new Win32Exception($"{program} did not start.");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }

        Assert.True(process.ExitCode == 0, $"{await output}{await errors}");
    }

    private static string? FindProgram(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static string? FindRepository()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Postern.slnx"))) return folder.FullName;
        }

        return null;
    }
}
