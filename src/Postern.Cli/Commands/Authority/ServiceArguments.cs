using System.CommandLine;
using System.Net;
using System.Text;
using Postern.Authority.Service;
using Postern.Cli.Commands.Certificates;
using Postern.Cli.Commands.Tunnels;
using Postern.Cli.Files;
using Postern.Cli.Terminal;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Commands.Authority;

/// <summary>Which service is called, and by what it is known.</summary>
internal sealed class ServiceArguments
{
    private readonly Option<string?> _root = new("--root") { Description = "The root certificate.", HelpName = "FILE" };

    private readonly Option<string?> _certificate = new("--service-cert")
    {
        Description = "The service's certificate: a file, or the address of its public part, such as http://rds.example.org:8080/. It must be the root's and bear the service's name.",
        HelpName = "FILE|URL",
    };

    private readonly Option<string?> _adminTokenFile = new("--admin-token-file") { Description = "File with the admin token, which 'postern rds token --admin' made; - is stdin.", HelpName = "FILE" };

    /// <summary>The option that names a service, where it is not an argument.</summary>
    public static Option<EndPoint?> Service(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "HOST[:PORT]",
        CustomParser = result =>
        {
            try
            {
                return EndPointArgument.ParseRemote(result.Tokens[0].Value, AuthorityServiceOptions.DefaultPort);
            }
            catch (FormatException exception)
            {
                result.AddError(exception.Message);
                return null;
            }
        },
    };

    public static Argument<EndPoint?> ServiceArgument() =>
        EndPointArgument.RemoteArgument($"The service; its usual port is {AuthorityServiceOptions.DefaultPort}.", _ => AuthorityServiceOptions.DefaultPort);

    public static string ReadToken(CommandTerminal terminal, string path)
    {
        using FileBytes bytes = FileBytes.Read(terminal, path);
        return Encoding.ASCII.GetString(bytes.Span).Trim();
    }

    public void AddTo(Command command, bool isAdministration)
    {
        command.Add(_root);
        command.Add(_certificate);
        if (isAdministration) command.Add(_adminTokenFile);
    }

    /// <summary>The root, as the command line names it.</summary>
    public RootCertificate LoadRoot(ParseResult result, CommandTerminal terminal) =>
        RootFiles.LoadRoot(terminal.Clock, new KeyFiles(terminal), Required(result, _root), allowExpired: false);

    public string AdminToken(ParseResult result, CommandTerminal terminal) =>
        ReadToken(terminal, Required(result, _adminTokenFile));

    /// <summary>Verifies the service's certificate and prepares calls.</summary>
    public async Task<EnrolmentClient> ConnectAsync(
        ParseResult result, CommandTerminal terminal, EndPoint service, RootCertificate root, CancellationToken cancellationToken)
    {
        string source = Required(result, _certificate);
        ServerCertificate certificate = await LoadAsync(terminal, source, cancellationToken);
        return new EnrolmentClient(service, root, certificate, RootFiles.Policy with { Clock = terminal.Clock });
    }

    public static async Task<ServerCertificate> LoadAsync(CommandTerminal terminal, string source, CancellationToken cancellationToken) =>
        PublicFetch.IsAddress(source)
            ? ServerCertificate.Parse(await PublicFetch.GetAsync(source, "service", cancellationToken))
            : new KeyFiles(terminal).LoadCertificate(source);

    private static string Required(ParseResult result, Option<string?> option) =>
        result.GetValue(option) ?? throw new CommandException(ExitCode.Usage, $"{option.Name} {option.HelpName} is needed. {option.Description}");
}
