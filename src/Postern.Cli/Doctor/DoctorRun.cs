using System.Net;
using System.Security.Cryptography;
using Postern.Cli.Terminal;

namespace Postern.Cli.Doctor;

/// <summary>Looks at everything once.</summary>
internal sealed class DoctorRun(CommandTerminal terminal, PassphraseSource passphrases, TimeSpan warnBefore)
{
    public async Task<IReadOnlyList<Finding>> RunAsync(
        IReadOnlyList<string> paths, EndPoint? server, IPEndPoint? listen, CancellationToken cancellationToken)
    {
        List<Finding> findings = [];
        List<ExaminedFile> files = [];
        try
        {
            foreach (string path in paths.SelectMany(ExaminedFile.Find).Distinct(StringComparer.Ordinal)) Read(path, files, findings);
            DateTimeOffset now = terminal.Clock.GetUtcNow();
            findings.Add(ClockExamination.Run(now, files));
            FileExamination single = new(now, warnBefore);
            ChainExamination chain = new(files, terminal.Clock);
            findings.AddRange(files.SelectMany(single.Run));
            findings.AddRange(chain.Run());
            foreach (ExaminedFile file in files.Where(file => file.Content is null)) findings.Add(InventoryExamination.Run(terminal, file.Path, chain.Roots));
            if (listen is not null) findings.Add(NetworkExamination.Listen(listen));
            if (server is not null) findings.AddRange(await NetworkExamination.ReachAsync(server, chain.Servers, cancellationToken));
            return findings;
        }
        finally
        {
            foreach (ExaminedFile file in files) file.Dispose();
        }
    }

    private void Read(string path, List<ExaminedFile> files, List<Finding> findings)
    {
        try
        {
            files.Add(ExaminedFile.Read(terminal, path, passphrases));
        }
        catch (Exception exception) when (exception is CommandException or IOException or UnauthorizedAccessException or FormatException or CryptographicException)
        {
            findings.Add(Finding.Fail(path, exception.Message, "Get the file anew, or leave it out."));
        }
    }
}
