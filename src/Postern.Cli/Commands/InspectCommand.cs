using System.CommandLine;
using System.Globalization;
using Postern.Cli.Commands.Tunnels;
using Postern.Cli.Files;
using Postern.Cli.Inspection;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary><c>postern inspect</c>: explains recorded packets, without secrets.</summary>
internal static class InspectCommand
{
    private const int MaxFileSize = 128 * 1024 * 1024;

    public static Command Create(CommandTerminal terminal)
    {
        Argument<string> file = new("FILE") { Description = "A pcap file, hex text, or the bytes of packets; - is stdin." };
        Option<TunnelProtocol?> protocol = new("--protocol") { Description = "Read every connection as this. Otherwise its first packet says what it speaks." };
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "inspect",
            "Explain recorded packets: who sent them, what they are, their fields, and what is wrong with them.",
            """
            No secrets are needed or taken: headers, handshakes and the errors before a channel are in clear, of the rest one sees sizes. TCP is put in
            order, and what was sent twice is dropped. The exit code is 0 if nothing is wrong, 1 if something is, 5 if no packet was found.

            Examples:
              tcpdump -i any -w capture.pcap port 32119
              postern inspect capture.pcap
              xxd -p packet.bin | postern inspect - --protocol duplex
            """)
        {
            file, protocol, json,
        };
        command.SetAction(result =>
        {
            IReadOnlyList<StreamReport> streams = InspectionRun.Run(Read(terminal, result.GetRequiredValue(file)), ProtocolOf(result.GetValue(protocol)));
            if (result.GetValue(json)) terminal.WriteJson(streams);
            else foreach (StreamReport stream in streams) Write(terminal, stream);
            if (streams.Any(stream => stream.Problems.Count > 0 || stream.Packets.Any(packet => packet.Problems.Count > 0))) return ExitCode.Failed;
            if (streams.Any(stream => stream.Packets.Count > 0)) return ExitCode.Success;
            terminal.WriteWarning("there is no packet of QSTP or QSMP in it.");
            return ExitCode.Incomplete;
        });
        return command;
    }

    private static WireProtocol? ProtocolOf(TunnelProtocol? protocol) => protocol switch
    {
        TunnelProtocol.Qstp => WireProtocol.Qstp,
        TunnelProtocol.Simplex => WireProtocol.Simplex,
        TunnelProtocol.Duplex => WireProtocol.Duplex,
        _ => null,
    };

    private static ReadOnlyMemory<byte> Read(CommandTerminal terminal, string path)
    {
        using Stream stream = path == FileBytes.StandardInput ? terminal.TakeInput() : File.OpenRead(path);
        using MemoryStream content = new();
        byte[] buffer = new byte[64 * 1024];
        while (stream.Read(buffer) is > 0 and int size)
        {
            content.Write(buffer, 0, size);
            if (content.Length > MaxFileSize) throw new CommandException(ExitCode.File, $"{path} is larger than {MaxFileSize} bytes: 'editcap -c' or a capture filter makes it smaller.");
        }

        return content.GetBuffer().AsMemory(0, (int)content.Length);
    }

    private static void Write(CommandTerminal terminal, StreamReport stream)
    {
        string ends = stream.Client is null ? string.Empty : $"{stream.Client} -> {stream.Server}: ";
        terminal.WriteLine($"{ends}{stream.Protocol ?? "QSTP or QSMP"}{(stream.Suite is null ? string.Empty : $", {stream.Suite}")}");
        foreach (PacketReport packet in stream.Packets) Write(terminal, packet);
        foreach (string problem in stream.Problems) terminal.WriteLine($"  wrong: {problem}");
    }

    private static void Write(CommandTerminal terminal, PacketReport packet)
    {
        string side = packet.SentBy?.ToString().ToLowerInvariant() ?? "either side";
        terminal.WriteLine($"  {TimeOf(packet.Time)} {side}: {packet.Kind} (0x{packet.Flag:x2}), sequence {packet.Sequence}, {packet.Length} bytes");
        foreach (PacketField field in packet.Fields) terminal.WriteLine($"      {field.Name}, {field.Size} at {field.Offset}: {field.Value}");
        foreach (string note in packet.Notes) terminal.WriteLine($"      note: {note}");
        foreach (string problem in packet.Problems) terminal.WriteLine($"      wrong: {problem}");
    }

    private static string TimeOf(ulong time) => time <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()
        ? DateTimeOffset.FromUnixTimeSeconds((long)time).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture)
        : $"time {time}";
}
