using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;

namespace Postern.AspNetCore.Kestrel;

/// <summary>
/// What came through a tunnel is <c>https</c> for the application: <c>IsHttps</c>, cookies with <c>Secure</c> and redirections to HTTPS work as they
/// do with TLS. Below, Kestrel keeps to <c>http</c>, for that is what the client says.
/// </summary>
internal sealed class PosternSchemeFilter : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => application =>
    {
        application.Use(static (context, next) =>
        {
            if (context.Features.Get<IPosternConnectionFeature>() is not null) context.Request.Scheme = Uri.UriSchemeHttps;
            return next(context);
        });
        next(application);
    };
}
