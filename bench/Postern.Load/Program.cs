using System.CommandLine;
using System.Globalization;
using System.Net;
using Postern;
using Postern.Load;
using Postern.Qstp;

switch (args)
{
    case ["server", var kind, var address, var folder]:
        await ServerRole.RunAsync(Enum.Parse<TunnelKind>(kind), IPAddress.Parse(address), new LoadKeys(folder));
        return 0;
    case ["client", var kind, var server, var source, var count, var stall, var folder]:
        int connections = int.Parse(count, CultureInfo.InvariantCulture);
        await ClientRole.RunAsync(
            Enum.Parse<TunnelKind>(kind), IPEndPoint.Parse(server), IPAddress.Parse(source), connections, bool.Parse(stall), new LoadKeys(folder));
        return 0;
    default:
        return await LoadCommand.Create().Parse(args).InvokeAsync();
}
