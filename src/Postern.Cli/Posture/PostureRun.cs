using System.CommandLine;
using Postern.Cli.Bench;
using Postern.Cli.Commands;
using Postern.Cli.Doctor;
using Postern.Cli.Status;
using Postern.Cli.Terminal;
using Postern.Qsmp;
using Postern.Qstp;

namespace Postern.Cli.Posture;

/// <summary>Puts the report together.</summary>
internal sealed class PostureRun(CommandTerminal terminal, PassphraseSource passphrases, TimeSpan warnBefore)
{
    /// <summary>Looks at everything once.</summary>
    /// <param name="paths">Files and folders, besides those of the services.</param>
    /// <param name="services">The services.</param>
    /// <param name="processes">The processes that run; null if they were not asked.</param>
    public PostureReport Run(IReadOnlyList<string> paths, IReadOnlyList<AuditedService> services, IReadOnlyList<ProcessReport>? processes)
    {
        using ExaminedFiles examined = ExaminedFiles.Read(terminal, passphrases, [.. paths, .. services.SelectMany(service => service.Files())]);
        DateTimeOffset now = terminal.Clock.GetUtcNow();
        PostureFile[] files = [.. examined.Files.Where(file => file.Content is not null).Select(file => PostureFile.Of(file, terminal.Clock))];
        PostureSuite[] suites = [.. Suites(files, processes ?? [])];
        Finding[] findings =
        [
            .. new DoctorRun(terminal, warnBefore).Look(examined),
            .. files.Where(file => file is { Protection: PostureProtection.None, Report.Kind: "root key" }).Select(Unprotected),
            .. services.SelectMany(service => service.Findings()),
            .. examined.Files.Count + services.Count == 0 ? [Finding.Warn("report", "there was nothing to look at", "Name files, folders or services.")] : Array.Empty<Finding>(),
        ];
        return new PostureReport
        {
            Time = now,
            Version = ProductVersion.Text,
            Machine = Processor.Current,
            Summary = PostureSummary.Of(now, suites, files, findings),
            Suites = suites,
            Files = files,
            Services = [.. services.Select(service => service.ToReport())],
            Processes = processes,
            Findings = findings,
        };
    }

    private static Finding Unprotected(PostureFile file) =>
        Finding.Warn(file.Path, "a root key that no passphrase and no token protects", "Put it under one with 'postern root protect', and keep it off the network.");

    private static IEnumerable<PostureSuite> Suites(IReadOnlyList<PostureFile> files, IReadOnlyList<ProcessReport> processes)
    {
        ILookup<string, string> paths = files.Where(file => file.Report.Suite is not null).ToLookup(file => file.Report.Suite!, file => file.Path, StringComparer.Ordinal);
        Dictionary<string, int> channels = processes.SelectMany(process => process.Channels).GroupBy(channel => channel.Suite, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        return
            from suite in QstpSuites.All.Select(suite => SuiteReport.Of("QSTP", suite, suite == QstpSuites.Default))
                .Concat(QsmpSuites.All.Select(suite => SuiteReport.Of("QSMP", suite, suite == QsmpSuites.Default)))
            where paths.Contains(suite.Name) || channels.ContainsKey(suite.Name)
            select new PostureSuite(suite, [.. paths[suite.Name]], channels.GetValueOrDefault(suite.Name));
    }
}
