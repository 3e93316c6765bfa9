using System.CommandLine;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Certificates;

/// <summary><c>postern root attach-signature</c>: an outside authority's signature becomes the root's. (QSTP §5.5)</summary>
internal static class RootAttachSignatureCommand
{
    public static Command Create(CommandTerminal terminal)
    {
        Argument<string> request = new("REQUEST") { Description = $"The certificate to be signed: {RootRequestSignatureCommand.RequestName}." };
        Option<string> signature = new("--signature")
        {
            Description = "The authority's signature, raw or in hexadecimal; the signed hash may follow it.",
            HelpName = "FILE",
            Required = true,
        };
        Option<string> authorityKey = new("--authority-key")
        {
            Description = "The authority's verification key, raw or in hexadecimal.",
            HelpName = "FILE",
            Required = true,
        };
        Option<string> output = new("--out", "-o") { Description = "Where the certificate goes; - is stdout.", HelpName = "FILE", Required = true };
        Option<bool> force = CommonOptions.Force();
        Option<bool> json = CommonOptions.Json();
        DetailedCommand command = new(
            "attach-signature",
            "Put an outside authority's signature into a root's certificate. It is verified under the authority's key first.",
            """
            The exit code is 1 if the signature is not the authority's. Servers and clients need the new certificate, and the authority's key for
            --authority-key. It is another certificate than the one that the root signed itself, with the same key: begin the inventory after this.

            Examples:
              postern root attach-signature request/root_public_cert.unsigned.qrr --signature root.sig --authority-key authority.pub --out root_public_cert.qrr --force
            """)
        {
            request, signature, authorityKey, output, force, json,
        };
        command.SetAction(result =>
        {
            string path = result.GetRequiredValue(request);
            string target = result.GetRequiredValue(output);
            OutputFiles.ExpectAbsent(result.GetValue(force), target);
            RootCertificate unsigned = new KeyFiles(terminal).LoadRoot(path);
            if (unsigned.Authority is null)
            {
                throw new CommandException(ExitCode.File, $"{path} signed itself: 'postern root request-signature' makes what an authority signs.");
            }

            RootCertificate root = Attach(
                unsigned, AuthorityKeyFile.Load(terminal, result.GetRequiredValue(signature)), AuthorityKeyFile.Load(terminal, result.GetRequiredValue(authorityKey)));
            OutputFiles.WritePublic(terminal, target, root.ToBytes(), result.GetValue(force));
            if (target == OutputFiles.StandardOutput) return ExitCode.Success;
            FileReport report = FileReport.Of(root, target, terminal.Clock);
            if (result.GetValue(json)) terminal.WriteJson(report);
            else terminal.WriteLines(report.Lines());
            return ExitCode.Success;
        });
        return command;
    }

    private static RootCertificate Attach(RootCertificate root, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> key)
    {
        // The reference's signing function gives signature || message.
        int size = root.Suite.Signature.SignatureSize;
        if (signature.Length == size + root.Hash.Length && signature[size..].SequenceEqual(root.Hash.Span)) signature = signature[..size];
        try
        {
            return root.WithAuthoritySignature(signature, key);
        }
        catch (ChannelException exception)
        {
            throw new CommandException(ExitCode.Failed, exception.Message);
        }
    }
}
