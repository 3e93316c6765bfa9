using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Postern.Authority.Service;

/// <summary>The one place where exceptions become answers: a status and one sentence, and nothing of the inside.</summary>
internal sealed class ErrorAnswers(CallCounter calls, ILogger logger)
{
    private const int LongestPath = 100;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for an answer.
        }
        catch (Exception exception) when (!context.Response.HasStarted && Refusal(exception) is not null)
        {
            (int status, string message) = Refusal(exception)!.Value;
            calls.Count($"refused {NameOf(context)}");
            logger.Refused(PathOf(context), $"{context.Connection.RemoteIpAddress}", message);
            await AnswerAsync(context, status, message).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever it is, the caller learns that it failed and no more; the log has it.
        catch (Exception exception) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            logger.Failed(exception, PathOf(context));
            await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, "The service cannot do that now.").ConfigureAwait(false);
        }
    }

    /// <summary>Method and route, of which there are few, for what is counted: not what the caller wrote.</summary>
    public static string NameOf(HttpContext context) => context.GetEndpoint() is RouteEndpoint endpoint ? $"{context.Request.Method} {endpoint.RoutePattern.RawText}" : "unknown path";

    /// <summary>Method and path, for the service's own log: what the caller wrote, as far as a line has room.</summary>
    public static string PathOf(HttpContext context)
    {
        string path = context.Request.Path.ToUriComponent();
        return $"{context.Request.Method} {(path.Length <= LongestPath ? path : $"{path[..LongestPath]}…")}";
    }

    private static (int Status, string Message)? Refusal(Exception exception) => exception switch
    {
        InventoryException { IsRefusal: true } refused => (StatusOf(refused.Error), refused.Message),
        RefusedException refused => (refused.Status, refused.Message),
        BadHttpRequestException bad => (bad.StatusCode, bad.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The body is too large." : "That is no request."),
        JsonException => (StatusCodes.Status400BadRequest, "The body is not the JSON that is expected."),
        FormatException format => (StatusCodes.Status400BadRequest, format.Message),
        _ => null,
    };

    private static int StatusOf(InventoryError error) => error switch
    {
        InventoryError.UnknownSerial or InventoryError.UnknownRequest => StatusCodes.Status404NotFound,
        InventoryError.AlreadyIssued or InventoryError.Changed => StatusCodes.Status409Conflict,
        InventoryError.Revoked or InventoryError.TokenRefused => StatusCodes.Status403Forbidden,
        InventoryError.TooMany => StatusCodes.Status429TooManyRequests,
        _ => StatusCodes.Status400BadRequest,
    };

    private static Task AnswerAsync(HttpContext context, int status, string message)
    {
        context.Response.Clear();
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(new { error = message }, context.RequestAborted);
    }
}
