using System.CommandLine;
using System.Net;
using Postern.Authority.Service;
using Postern.Cli.Commands.Tunnels;

namespace Postern.Cli.Commands.Authority;

/// <summary>Where the administrators' pages are, and whether.</summary>
internal sealed class WebPageOptions
{
    private readonly Option<IPEndPoint?> _listen = EndPointArgument.Listen(
        $"Where administrators find the web pages, over plain HTTP. Default 127.0.0.1:{AuthorityServiceOptions.DefaultWebPort}.",
        IPAddress.Loopback,
        _ => AuthorityServiceOptions.DefaultWebPort,
        "--ui-listen");

    private readonly Option<bool> _unsafeListen = new("--unsafe-ui-listen") { Description = "Let other machines reach the pages: without TLS in front of them, the admin token can be read on its way." };

    private readonly Option<bool> _none = new("--no-ui") { Description = "No web pages." };

    public IEnumerable<Option> All => [_listen, _unsafeListen, _none];

    public void AddTo(Command command)
    {
        foreach (Option option in All) command.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_none) || result.GetValue(_unsafeListen) || result.GetValue(_listen) is not { Address: { } address } || IPAddress.IsLoopback(address)) return;
            result.AddError($"--ui-listen {address} is no loopback address: without TLS in front of it, others can read the admin token on its way. Add --unsafe-ui-listen if that is meant.");
        });
    }

    /// <summary>Where, or null for none.</summary>
    public IPEndPoint? Read(ParseResult result) => result.GetValue(_none) ? null : result.GetValue(_listen);

    /// <summary>What to say about a service that runs, or null.</summary>
    public static string? Describe(AuthorityService service)
    {
        if (service.WebEndPoint is not { } endPoint) return null;
        return $"Pages for administrators: http://{endPoint}/, with the admin token";
    }
}
