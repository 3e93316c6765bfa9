using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Postern.AspNetCore.Kestrel;
using Postern.Qsmp;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.AspNetCore.Hosting;

/// <summary>
/// Endpoints of Kestrel from configuration. Files are read and checked when the application starts, which fails with an
/// <see cref="OptionsValidationException"/> if something is wrong with them, or an <see cref="InvalidOperationException"/> if a setting does not
/// exist or has another type; the keys are erased when it has ended.
/// </summary>
public static class PosternHostingExtensions
{
    /// <summary>Serves over QSTP as a section of the configuration says; see <see cref="QstpServerSettings"/>.</summary>
    public static IServiceCollection AddPosternQstpServer(this IServiceCollection services, IConfiguration section) =>
        services.Add<QstpServerSettings>(section, static (builder, section) => builder.Bind(section, RefuseUnknown), static settings =>
        {
            RootCertificate root = KeyMaterial.Root(KeyMaterial.Required(settings.RootCertificate, nameof(settings.RootCertificate)));
            ServerCertificate certificate = KeyMaterial.Certificate(KeyMaterial.Required(settings.Certificate, nameof(settings.Certificate)));
            ServerIdentity identity = ServerIdentity.Create(
                root, certificate, KeyMaterial.ServerKey(KeyMaterial.Required(settings.Key, nameof(settings.Key)), settings));
            return (EndpointProtocol.Of(new QstpServerOptions
            {
                Identities = [identity],
                Limits = settings.Limits,
                PacketTolerance = settings.PacketTolerance,
            }), identity);
        });

    /// <summary>Serves over QSMP's SIMPLEX as a section of the configuration says; see <see cref="QsmpSimplexServerSettings"/>.</summary>
    public static IServiceCollection AddPosternQsmpSimplexServer(this IServiceCollection services, IConfiguration section) =>
        services.Add<QsmpSimplexServerSettings>(section, static (builder, section) => builder.Bind(section, RefuseUnknown), static settings =>
        {
            QsmpPrivateKey key = KeyMaterial.PrivateKey(KeyMaterial.Required(settings.Key, nameof(settings.Key)), settings);
            return (EndpointProtocol.Of(new QsmpSimplexServerOptions
            {
                Keys = [key],
                Limits = settings.Limits,
                PacketTolerance = settings.PacketTolerance,
            }), key);
        });

    /// <summary>Serves over QSMP's DUPLEX as a section of the configuration says; see <see cref="QsmpDuplexServerSettings"/>.</summary>
    public static IServiceCollection AddPosternQsmpDuplexServer(this IServiceCollection services, IConfiguration section) =>
        services.Add<QsmpDuplexServerSettings>(section, static (builder, section) => builder.Bind(section, RefuseUnknown), static settings =>
        {
            TrustedKeys trusted = KeyMaterial.Trusted(KeyMaterial.Required(settings.TrustedKeys, nameof(settings.TrustedKeys)));
            QsmpPrivateKey key = KeyMaterial.PrivateKey(KeyMaterial.Required(settings.Key, nameof(settings.Key)), settings);
            return (EndpointProtocol.Of(new QsmpDuplexListenOptions
            {
                Keys = [key],
                TrustedKeys = trusted,
                Limits = settings.Limits,
                PacketTolerance = settings.PacketTolerance,
            }), key);
        });

    // A limit whose name is misspelt would be none.
    private static void RefuseUnknown(BinderOptions binder) => binder.ErrorOnUnknownConfiguration = true;

    // The binding is the caller's, with the type's name in it: only so is its code generated, and whole after trimming.
    private static IServiceCollection Add<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicParameterlessConstructor)] TSettings>(
        this IServiceCollection services,
        IConfiguration section,
        Action<OptionsBuilder<TSettings>, IConfiguration> bind,
        Func<TSettings, (EndpointProtocol Protocol, IDisposable Keys)> load)
        where TSettings : PosternServerSettings
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(section);
        if (services.Any(service => service.ServiceType == typeof(ConfiguredServer<TSettings>)))
        {
            throw new InvalidOperationException("One endpoint of each protocol comes from configuration: add others with ListenQstp and its like.");
        }

        services.AddPosternKestrel();
        OptionsBuilder<TSettings> builder = services.AddOptions<TSettings>();
        bind(builder, section);
        builder.ValidateOnStart();
        services.AddSingleton(_ => new ConfiguredServer<TSettings>(load));
        services.AddSingleton<IValidateOptions<TSettings>>(provider => provider.GetRequiredService<ConfiguredServer<TSettings>>());
        services.AddOptions<KestrelServerOptions>().PostConfigure<IOptions<TSettings>, ConfiguredServer<TSettings>>((kestrel, options, server) =>
        {
            TSettings settings = options.Value;
            IPEndPoint endPoint = new(IPAddress.Parse(settings.Address), settings.Port);
            PosternKestrelExtensions.Listen(kestrel, endPoint, server.Protocol!, listen => listen.Protocols = settings.Protocols);
        });
        return services;
    }
}
