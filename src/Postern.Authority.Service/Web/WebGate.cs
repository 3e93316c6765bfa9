using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Postern.Authority.Records;

namespace Postern.Authority.Service.Web;

/// <summary>Lets nobody in who is not logged in, and no form that is not from a page of the same session.</summary>
internal sealed class WebGate(AdminTokens tokens, WebSessions sessions, CallCounter calls)
{
    /// <summary>The cookie of a session.</summary>
    public const string SessionCookie = "postern-session";

    /// <summary>The field that every form has.</summary>
    public const string FormField = "form";

    private static readonly object SessionKey = new();

    /// <summary>The session, or null on a page that is open to all.</summary>
    public static WebSession? FindSession(HttpContext context) => context.Items[SessionKey] as WebSession;

    /// <summary>The session of a page that needs one.</summary>
    public static WebSession SessionOf(HttpContext context) => FindSession(context) ?? throw new InvalidOperationException("Nobody is logged in.");

    /// <summary>A cookie that scripts and other sites do not see.</summary>
    public static CookieOptions CookieFor(HttpContext context) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Secure = context.Request.IsHttps,
        Path = "/",
        MaxAge = WebSessions.Lifetime,
    };

    /// <summary>A field of a form.</summary>
    /// <exception cref="RefusedException">There is no form.</exception>
    public static async Task<string?> ReadFieldAsync(HttpContext context, string name)
    {
        if (!context.Request.HasFormContentType) throw NoForm();
        try
        {
            return (await context.Request.ReadFormAsync(context.RequestAborted).ConfigureAwait(false))[name];
        }
        catch (InvalidDataException)
        {
            throw NoForm();
        }
    }

    /// <summary>The newest admin token's record if the session was begun with it; a newer token ends the sessions of those before.</summary>
    public async Task<WebSession?> FindAsync(HttpContext context)
    {
        if (sessions.Find(context.Request.Cookies[SessionCookie]) is not { } session) return null;
        TokenRecord? newest = await tokens.FindNewestAsync(context.RequestAborted).ConfigureAwait(false);
        return newest?.Id == session.TokenId ? session : null;
    }

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is null)
        {
            if (await FindAsync(context).ConfigureAwait(false) is not { } session)
            {
                SeeOther(context, "/login");
                return;
            }

            context.Items[SessionKey] = session;
            if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method))
            {
                calls.Count($"read {ErrorAnswers.NameOf(context)} by {session.Actor}");
            }
            else if (!WebSessions.AreSame(session.FormToken, await ReadFieldAsync(context, FormField).ConfigureAwait(false)))
            {
                throw new RefusedException(StatusCodes.Status403Forbidden, "The form is not from a page of this session. Load the page again.");
            }
        }

        await next(context).ConfigureAwait(false);
    }

    /// <summary>Sends the browser to another page.</summary>
    public static void SeeOther(HttpContext context, string path)
    {
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = path;
    }

    private static RefusedException NoForm() => new(StatusCodes.Status400BadRequest, "That is no form.");
}
