using Microsoft.AspNetCore.Http;

namespace Postern.Authority.Service.Web;

/// <summary>What all pages have around them.</summary>
internal static class WebLayout
{
    private static readonly (string Path, string Name)[] Sections =
    [
        ("/", "Overview"), ("/certificates", "Certificates"), ("/requests", "Requests"), ("/servers", "Servers"), ("/log", "Audit log"),
    ];

    /// <summary>Answers with a page. Without a session it has no navigation.</summary>
    public static Task WriteAsync(HttpContext context, string title, Action<Html> content)
    {
        Html html = new();
        html.Open("html", ("lang", "en")).Open("head")
            .Void("meta", ("charset", "utf-8"))
            .Void("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"))
            .Void("meta", ("name", "color-scheme"), ("content", "light dark"))
            .Element("title", $"{title} · Postern authority")
            .Void("link", ("rel", "stylesheet"), ("href", "/style.css"))
            .Void("link", ("rel", "icon"), ("href", "/icon.svg"), ("type", "image/svg+xml"))
            .Close();
        html.Open("body").Element("a", "Skip to the content", ("class", "skip"), ("href", "#content"));
        if (WebGate.FindSession(context) is { } session) WriteHeader(html, context, session);
        html.Open("main", ("id", "content"), ("tabindex", "-1")).Element("h1", title);
        content(html);
        html.Close().Close().Close();
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(html.ToDocument(), context.RequestAborted);
    }

    /// <summary>Begins a form; the caller closes it.</summary>
    public static Html OpenForm(this Html html, HttpContext context, string action, string? style = null) => html
        .Open("form", ("method", "post"), ("action", action), ("class", style))
        .Void("input", ("type", "hidden"), ("name", WebGate.FormField), ("value", WebGate.SessionOf(context).FormToken));

    /// <summary>Begins a table with these columns and its body; the caller closes both.</summary>
    public static Html OpenTable(this Html html, string caption, params ReadOnlySpan<string> columns)
    {
        html.Open("table").Element("caption", caption).Open("thead").Open("tr");
        foreach (string column in columns) html.Element("th", column, ("scope", "col"));
        return html.Close().Close().Open("tbody");
    }

    /// <summary>A cell; on a narrow screen its column's name is beside it.</summary>
    public static Html Cell(this Html html, string column, string text) => html.Element("td", text, ("data-column", column));

    /// <summary>A term and what it stands for.</summary>
    public static Html Fact(this Html html, string name, string value) => html.Element("dt", name).Element("dd", value);

    /// <summary>A time, to the second, in UTC.</summary>
    public static string Time(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";

    /// <summary>A day, in UTC.</summary>
    public static string Day(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-dd}";

    private static void WriteHeader(Html html, HttpContext context, WebSession session)
    {
        html.Open("header").Open("nav", ("aria-label", "Sections")).Open("ul");
        foreach ((string path, string name) in Sections)
        {
            bool isHere = path == "/" ? context.Request.Path == path : context.Request.Path.StartsWithSegments(path, StringComparison.Ordinal);
            html.Open("li").Element("a", name, ("href", path), ("aria-current", isHere ? "page" : null)).Close();
        }

        html.Close().Close();
        html.OpenForm(context, "/logout").Element("span", session.Actor).Text(" ").Element("button", "Log out").Close().Close();
    }
}
