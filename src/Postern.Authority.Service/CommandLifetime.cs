using Microsoft.Extensions.Hosting;

namespace Postern.Authority.Service;

/// <summary>Signals are the command's: a host that hears them too would stop before the command drains it.</summary>
internal sealed class CommandLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
