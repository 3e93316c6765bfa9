using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Postern.Authority.Service.Web;

/// <summary>A refusal as a page. What is no refusal is <see cref="ErrorAnswers"/>'s.</summary>
internal sealed class WebErrors(CallCounter calls, ILogger logger)
{
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (Exception exception) when (!context.Response.HasStarted && StatusOf(exception) is not null)
        {
            calls.Count($"refused {ErrorAnswers.NameOf(context)}");
            logger.Refused(ErrorAnswers.PathOf(context), $"{context.Connection.RemoteIpAddress}", exception.Message);
            context.Response.StatusCode = StatusOf(exception)!.Value;
            await WebLayout.WriteAsync(context, "Not done", html => html
                .Element("p", exception.Message, ("class", "bad"), ("role", "alert"))
                .Open("p").Element("a", "To the overview", ("href", "/")).Close()).ConfigureAwait(false);
        }
    }

    private static int? StatusOf(Exception exception) => exception switch
    {
        RefusedException refused => refused.Status,
        InventoryException { Error: InventoryError.UnknownSerial or InventoryError.UnknownRequest } => StatusCodes.Status404NotFound,
        InventoryException { IsRefusal: true } => StatusCodes.Status409Conflict,
        _ => null,
    };
}
