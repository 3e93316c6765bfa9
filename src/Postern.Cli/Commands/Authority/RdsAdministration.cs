using System.CommandLine;
using System.Net;
using System.Text.Json;
using Postern.Authority.Service;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands.Authority;

/// <summary>What the commands that administer a service share: they call it and write its answer.</summary>
internal sealed class RdsAdministration
{
    private readonly Option<EndPoint?> _service = ServiceArguments.Service("--service", $"The service; its usual port is {AuthorityServiceOptions.DefaultPort}.");
    private readonly ServiceArguments _calling = new();

    public void AddTo(Command command)
    {
        _service.Required = true;
        command.Add(_service);
        _calling.AddTo(command, isAdministration: true);
    }

    public async Task<JsonElement> CallAsync(
        ParseResult result, CommandTerminal terminal, HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using EnrolmentClient client = await _calling.ConnectAsync(
            result, terminal, result.GetValue(_service)!, _calling.LoadRoot(result, terminal), cancellationToken);
        return await client.AdministerAsync(method, path, body, _calling.AdminToken(result, terminal), cancellationToken);
    }
}
