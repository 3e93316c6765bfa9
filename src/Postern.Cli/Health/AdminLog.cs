using System.Net;
using Microsoft.Extensions.Logging;

namespace Postern.Cli.Health;

/// <summary>Events of health and metrics, ids 260 to 269.</summary>
internal static partial class AdminLog
{
    [LoggerMessage(260, LogLevel.Information, "Health and metrics: http://{EndPoint}/healthz, /metrics")]
    public static partial void Listening(ILogger logger, IPEndPoint endPoint);
}
