using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary>Where a signed certificate goes. What can be known to fail fails before it is signed.</summary>
internal sealed class RecordedOutput
{
    private readonly CommandTerminal _terminal;
    private readonly string _target;
    private readonly bool _replace;
    private readonly bool _json;

    public RecordedOutput(CommandTerminal terminal, string target, bool replace, bool json)
    {
        _terminal = terminal;
        _target = target;
        _replace = replace;
        _json = json;
        if (target == OutputFiles.StandardOutput)
        {
            if (json) throw new CommandException(ExitCode.Usage, "The certificate goes to stdout, so --json cannot.");
            return;
        }

        OutputFiles.ExpectAbsent(replace, target);
        OutputFiles.ExpectFolderOf(target);
    }

    /// <summary>Writes the certificate and says what it is.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="isRecorded">It is in the inventory, so it is not lost if this fails.</param>
    public void Write(ServerCertificate certificate, bool isRecorded)
    {
        try
        {
            OutputFiles.WritePublic(_terminal, _target, certificate.ToBytes(), _replace);
        }
        catch (Exception exception) when (isRecorded && exception is IOException or UnauthorizedAccessException or CommandException)
        {
            throw new CommandException(
                ExitCode.File,
                $"{exception.Message} The certificate is signed and recorded: write it with 'postern root export {certificate.SerialNumber} --out FILE'.");
        }

        if (_target == OutputFiles.StandardOutput) return;
        FileReport report = FileReport.Of(certificate, _target, _terminal.Clock);
        if (_json) _terminal.WriteJson(report);
        else _terminal.WriteLines(report.Lines());
        _terminal.WriteHint($"Next: {_target} goes to the server, and with the root's certificate to its clients.");
    }
}
