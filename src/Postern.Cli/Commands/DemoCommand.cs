using System.CommandLine;
using Postern.Cli.Demo;
using Postern.Cli.Terminal;
using Postern.Qstp;
using Spectre.Console;

namespace Postern.Cli.Commands;

/// <summary><c>postern demo</c>: shows the main job and what attackers get, in a temporary folder that is removed.</summary>
internal static class DemoCommand
{
    private const int ShownPackets = 8;

    public static Command Create(CommandTerminal terminal)
    {
        Option<bool> json = CommonOptions.Json();
        Option<int> size = new("--size")
        {
            Description = "Size of the file in MiB, 4 to 1024.",
            DefaultValueFactory = _ => 64,
        };
        DetailedCommand command = new(
            "demo",
            "Show the main job and what attackers get, on this machine, in a temporary folder.",
            """
            A web server, exposed and forwarded through a tunnel on this machine, is fetched with an ordinary HTTP client while someone
            listens on the path and the keys are ratcheted; then a changed byte, a repeated packet, an expired certificate, a foreign one
            and an impostor are tried. Exit code 0 if all went as it must, 1 if not.

            Examples:
              postern demo
              postern demo --size 256 --json
            """)
        {
            size,
            json,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            int mebibytes = result.GetValue(size);
            if (mebibytes is < 4 or > 1024) throw new CommandException(ExitCode.Usage, "--size is 4 to 1024.");
            DemoResult outcome = await RunAsync(terminal, mebibytes, cancellationToken);
            if (result.GetValue(json)) WriteJson(terminal, outcome);
            else WriteReport(terminal.OutConsole, outcome);
            return outcome.Succeeded ? ExitCode.Success : ExitCode.Failed;
        });
        return command;
    }

    private static async Task<DemoResult> RunAsync(CommandTerminal terminal, int mebibytes, CancellationToken cancellationToken)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("postern-demo-");
        try
        {
            DemoRun run = new(QstpSuites.Default, folder.FullName, mebibytes * 1024 * 1024, terminal.WriteHint, cancellationToken);
            return await run.RunAsync();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void WriteJson(CommandTerminal terminal, DemoResult result) => terminal.WriteJson(new
    {
        result.Succeeded,
        result.Suite,
        HandshakeMilliseconds = result.Transfer.Handshake.TotalMilliseconds,
        TransferMilliseconds = result.Transfer.Time.TotalMilliseconds,
        result.Transfer.Bytes,
        Sha256 = result.Transfer.Digest,
        Identical = result.Transfer.Digest == result.Transfer.ExpectedDigest,
        result.Transfer.Ratchets,
        result.Transfer.PlaintextSeen,
        result.Attacks,
        TotalMilliseconds = result.Total.TotalMilliseconds,
    });

    private static void WriteReport(IAnsiConsole console, DemoResult result)
    {
        DemoTransfer transfer = result.Transfer;
        console.WriteLine();
        console.MarkupLine("[bold]The transfer[/]");
        console.WriteLine($"  handshake  {transfer.Handshake.TotalMilliseconds:0.0} ms, TCP included, best of five");
        console.WriteLine($"  transfer   {transfer.Bytes / 1048576.0:0} MiB in {transfer.Time.TotalSeconds:0.00} s");
        console.WriteLine($"  SHA-256    {transfer.Digest}");
        WriteVerdict(console, transfer.Digest == transfer.ExpectedDigest, "the bytes are identical", "the bytes differ");
        WriteVerdict(console, transfer.Ratchets > 0, $"the keys were replaced on the way, ratchets: {transfer.Ratchets}", "no ratchet was carried out");

        console.WriteLine();
        console.MarkupLine("[bold]What the listener on the path saw[/]");
        Table table = new Table().Border(TableBorder.Simple).AddColumns("from", "packet", "bytes", "sequence", "time and content");
        foreach (WirePacket packet in transfer.Packets.Take(ShownPackets).Concat(transfer.Packets.Skip(ShownPackets).Where(packet => packet.IsRatchet)))
        {
            table.AddRow(
                packet.FromServer ? "server" : "client",
                packet.Name,
                $"{packet.Length}",
                $"{packet.Sequence}",
                packet.Flag is 0x04 or 0x12 or 0x13 ? "time in clear, content sealed" : "in clear");
        }

        console.Write(table);
        WriteVerdict(
            console,
            !transfer.PlaintextSeen,
            $"no request line, no header and no content in the first {transfer.CapturedBytes / 1048576.0:0.0} MiB",
            "plaintext was seen");

        console.WriteLine();
        console.MarkupLine("[bold]What attackers got[/]");
        foreach (AttackResult attack in result.Attacks)
        {
            WriteVerdict(console, attack.Refused, $"{attack.Attack}: refused. {attack.Reason}", $"{attack.Attack}: {attack.Reason}");
        }

        console.WriteLine();
        console.WriteLine($"Done in {result.Total.TotalSeconds:0.0} s; the temporary folder is removed.");
    }

    private static void WriteVerdict(IAnsiConsole console, bool good, string yes, string no) =>
        console.MarkupLine(good ? $"  [green]ok[/]  {Markup.Escape(yes)}" : $"  [red]FAILED[/]  {Markup.Escape(no)}");
}
