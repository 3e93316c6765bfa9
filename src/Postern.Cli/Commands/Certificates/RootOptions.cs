using System.CommandLine;
using Postern.Cli.Files;

namespace Postern.Cli.Commands.Certificates;

/// <summary>Options that the commands of a root share.</summary>
internal static class RootOptions
{
    public static Option<string> Certificate() => new("--root-cert")
    {
        Description = "The root's certificate.",
        HelpName = "FILE",
        DefaultValueFactory = _ => RootCreateCommand.CertificateName,
    };

    public static Option<string> Key() => new("--root-key")
    {
        Description = "The root's secret key.",
        HelpName = "FILE",
        DefaultValueFactory = _ => RootCreateCommand.KeyName,
    };

    public static Option<string?> Inventory() => new("--inventory")
    {
        Description = $"The root's inventory: a file, or a database as postgres://user@host/database. Default: {InventoryFile.StandardName} beside the root's certificate.",
        HelpName = "FILE|ADDRESS",
    };

    public static Argument<string> Certificated() => new("SERIAL|CERT")
    {
        Description = "The certificate: its serial of 32 hexadecimal digits, or its file; - is stdin.",
    };
}
