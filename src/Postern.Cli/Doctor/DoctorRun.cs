using System.Net;
using Postern.Cli.Terminal;

namespace Postern.Cli.Doctor;

/// <summary>Looks at everything once.</summary>
internal sealed class DoctorRun(CommandTerminal terminal, TimeSpan warnBefore)
{
    /// <summary>Looks at files, the clock and the network.</summary>
    public async Task<IReadOnlyList<Finding>> RunAsync(ExaminedFiles examined, EndPoint? server, IPEndPoint? listen, CancellationToken cancellationToken)
    {
        ChainExamination chain = new(examined.Files, terminal.Clock);
        List<Finding> findings = [.. Look(examined, chain)];
        if (listen is not null) findings.Add(NetworkExamination.Listen(listen));
        if (server is not null) findings.AddRange(await NetworkExamination.ReachAsync(server, chain.Servers, cancellationToken));
        return findings;
    }

    /// <summary>Looks at files and the clock.</summary>
    public IEnumerable<Finding> Look(ExaminedFiles examined) => Look(examined, new ChainExamination(examined.Files, terminal.Clock));

    private IEnumerable<Finding> Look(ExaminedFiles examined, ChainExamination chain)
    {
        DateTimeOffset now = terminal.Clock.GetUtcNow();
        FileExamination single = new(now, warnBefore);
        return
        [
            .. examined.Failures,
            ClockExamination.Run(now, examined.Files),
            .. examined.Files.SelectMany(single.Run),
            .. chain.Run(),
            .. examined.Files.Where(file => file.Content is null).Select(file => InventoryExamination.Run(terminal, file.Path, chain.Roots)),
        ];
    }
}
