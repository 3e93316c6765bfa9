using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Postern.Authority.Records;

namespace Postern.Authority.Service.Web;

/// <summary>In by the admin token, and out again.</summary>
internal sealed class LoginPages(AdminLogin login, WebSessions sessions, CallCounter calls, ILogger logger)
{
    /// <summary>The field of the token.</summary>
    public const string TokenField = "token";

    /// <summary>What the login's form has in it, before there is a session.</summary>
    public const string FormCookie = "postern-login";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/login", ShowAsync).AllowAnonymous();
        routes.MapPost("/login", LoginAsync).AllowAnonymous();
        routes.MapPost("/logout", Logout);
    }

    private static Task ShowAsync(HttpContext context) => WriteAsync(context, problem: null);

    private static Task WriteAsync(HttpContext context, string? problem)
    {
        string secret = WebSessions.NewSecret();
        context.Response.Cookies.Append(FormCookie, secret, WebGate.CookieFor(context));
        return WebLayout.WriteAsync(context, "Log in", html =>
        {
            if (problem is not null) html.Element("p", problem, ("class", "bad"), ("role", "alert"));
            html.Open("form", ("method", "post"), ("action", "/login"), ("class", "stacked"))
                .Void("input", ("type", "hidden"), ("name", WebGate.FormField), ("value", secret))
                .Element("label", "Admin token", ("for", TokenField))
                .Void("input", ("type", "password"), ("id", TokenField), ("name", TokenField), ("required", ""), ("autocomplete", "off"))
                .Element("button", "Log in")
                .Close();
        });
    }

    private async Task LoginAsync(HttpContext context)
    {
        string? form = await WebGate.ReadFieldAsync(context, WebGate.FormField).ConfigureAwait(false);
        if (form is not { Length: > 0 } || !WebSessions.AreSame(form, context.Request.Cookies[FormCookie]))
        {
            throw new RefusedException(StatusCodes.Status403Forbidden, "The form is not from this site's login. Load the login again.");
        }

        string? text = await WebGate.ReadFieldAsync(context, TokenField).ConfigureAwait(false);
        if (await login.TryAsync(context, text).ConfigureAwait(false) is not { } token)
        {
            calls.Count($"refused {ErrorAnswers.NameOf(context)}");
            logger.Refused(ErrorAnswers.PathOf(context), $"{context.Connection.RemoteIpAddress}", "a wrong token");
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await WriteAsync(context, "That is not the admin token, or it has expired.").ConfigureAwait(false);
            return;
        }

        Begin(context, token);
    }

    private void Begin(HttpContext context, TokenRecord token)
    {
        sessions.End(context.Request.Cookies[WebGate.SessionCookie]);
        context.Response.Cookies.Append(WebGate.SessionCookie, sessions.Begin(token), WebGate.CookieFor(context));
        context.Response.Cookies.Delete(FormCookie, WebGate.CookieFor(context));
        calls.Count($"login by {token.Actor}");
        logger.Done(ErrorAnswers.PathOf(context), token.Actor, "logged in");
        WebGate.SeeOther(context, "/");
    }

    private Task Logout(HttpContext context)
    {
        sessions.End(context.Request.Cookies[WebGate.SessionCookie]);
        context.Response.Cookies.Delete(WebGate.SessionCookie, WebGate.CookieFor(context));
        WebGate.SeeOther(context, "/login");
        return Task.CompletedTask;
    }
}
