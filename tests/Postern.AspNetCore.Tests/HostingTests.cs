using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Postern.AspNetCore.Hosting;
using Postern.AspNetCore.Tests.Support;
using Postern.Cryptography;
using Postern.Qsmp;
using Postern.Qstp;
using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.AspNetCore.Tests;

/// <summary>Endpoints that configuration describes.</summary>
public sealed class HostingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("postern-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Qstp_serves_with_the_files_that_configuration_names()
    {
        (RootCertificate root, ServerCertificate certificate) = WriteChain(passphrase: null);
        await using WebApplication application = Build(Chain());
        await application.StartAsync();
        using SocketsHttpHandler handler = new SocketsHttpHandler().UseQstp(root.Verify(certificate));
        using HttpClient client = new(handler);
        Assert.Equal("True", await client.GetStringAsync(AddressOf(application)));
    }

    [Fact]
    public async Task A_key_under_a_passphrase_is_opened_with_the_file_that_has_it()
    {
        WriteChain("correct horse");
        await File.WriteAllLinesAsync(Path("passphrase"), ["correct horse"]);
        await using WebApplication application = Build([.. Chain(), new("Tunnel:PassphraseFile", Path("passphrase"))]);
        await application.StartAsync();
        HealthCheckService health = application.Services.GetRequiredService<HealthCheckService>();
        Assert.Equal(HealthStatus.Healthy, (await health.CheckHealthAsync()).Status);
        await application.StopAsync();
        Assert.Equal(HealthStatus.Unhealthy, (await health.CheckHealthAsync()).Status);
    }

    [Theory]
    [InlineData("Key", "nowhere", "nowhere")]
    [InlineData("Address", "somewhere", "IP address")]
    [InlineData("Port", "70000", "TCP port")]
    [InlineData("MaxConnections", "0", "MaxConnections")]
    [InlineData("HandshakeTimeout", "-00:00:01", "HandshakeTimeout")]
    [InlineData("Certificate", "", "Certificate")]
    [InlineData("Protocols", "Http3", "Protocols")]
    public async Task An_application_with_wrong_settings_does_not_start(string setting, string value, string expected)
    {
        WriteChain(passphrase: null);
        OptionsValidationException exception = await Assert.ThrowsAsync<OptionsValidationException>(async () =>
        {
            await using WebApplication application = Build([.. Chain(), new($"Tunnel:{setting}", value)]);
            await application.StartAsync();
        });
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MaxConections", "10")]
    [InlineData("TrustedKeys", "/etc/app/trusted")]
    [InlineData("Port", "many")]
    [InlineData("HandshakeTimeout", "soon")]
    public async Task A_setting_that_does_not_exist_or_has_another_type_is_refused_by_its_name(string setting, string value)
    {
        WriteChain(passphrase: null);
        InvalidOperationException exception = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await using WebApplication application = Build([.. Chain(), new($"Tunnel:{setting}", value)]);
            await application.StartAsync();
        });
        Assert.Contains(setting, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Duplex_serves_those_whose_keys_are_in_the_folder()
    {
        Directory.CreateDirectory(Path("trusted"));
        await File.WriteAllBytesAsync(Path("trusted/peer.qpkey"), TestIdentities.Peer.GetPublicKey(QsmpMode.Duplex).ToBytes());
        using (SecretBytes key = TestIdentities.Listener.ToSecretBytes()) AtomicFile.WritePublic(Path("listener.qskey"), key.Span.ToArray(), overwrite: true);
        await using WebApplication application = Build(
            [new("Tunnel:Key", Path("listener.qskey")), new("Tunnel:TrustedKeys", Path("trusted"))], services: (services, section) => services.AddPosternQsmpDuplexServer(section));
        await application.StartAsync();
        using SocketsHttpHandler handler = new SocketsHttpHandler().UseQsmpDuplex(
            TestIdentities.Peer, TestIdentities.Listener.GetPublicKey(QsmpMode.Duplex));
        using HttpClient client = new(handler);
        Assert.Equal("True", await client.GetStringAsync(AddressOf(application)));
    }

    [Fact]
    public void A_second_section_for_the_same_protocol_is_refused()
    {
        ServiceCollection services = new();
        IConfiguration section = new ConfigurationBuilder().Build();
        services.AddPosternQstpServer(section);
        Assert.Throws<InvalidOperationException>(() => services.AddPosternQstpServer(section));
    }

    [Fact]
    public async Task A_certificate_that_runs_out_soon_is_degraded()
    {
        WriteChain(passphrase: null);
        await using WebApplication application = Build(Chain(), warnBefore: TimeSpan.FromDays(60));
        await application.StartAsync();
        HealthReport report = await application.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(HealthStatus.Degraded, report.Status);
    }

    private static WebApplication Build(
        KeyValuePair<string, string?>[] settings, TimeSpan? warnBefore = null, Action<IServiceCollection, IConfiguration>? services = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration["Tunnel:Address"] = "127.0.0.1";
        builder.Configuration["Tunnel:Port"] = "0";
        foreach ((string setting, string? value) in settings) builder.Configuration[setting] = value;
        builder.WebHost.UseKestrelCore();
        builder.Services.AddLogging();
        builder.Services.AddHealthChecks().AddPostern(warnBefore: warnBefore);
        IConfiguration section = builder.Configuration.GetSection("Tunnel");
        if (services is null) builder.Services.AddPosternQstpServer(section);
        else services(builder.Services, section);
        WebApplication application = builder.Build();
        application.Run(context => context.Response.WriteAsync($"{context.Request.IsHttps}"));
        return application;
    }

    private static Uri AddressOf(WebApplication application) => new(
        application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    private KeyValuePair<string, string?>[] Chain() =>
    [
        new("Tunnel:RootCertificate", Path("root.qrc")), new("Tunnel:Certificate", Path("server.qsc")), new("Tunnel:Key", Path("server.qsk")),
    ];

    private string Path(string name) => System.IO.Path.Combine(_folder, name);

    private (RootCertificate Root, ServerCertificate Certificate) WriteChain(string? passphrase)
    {
        Suite suite = QstpSuites.DilithiumS1KyberS1;
        using RootKey rootKey = RootKey.Generate(suite, "test root", TimeSpan.FromDays(30));
        using ServerKey serverKey = ServerKey.Generate(suite, "test server", TimeSpan.FromDays(30));
        RootCertificate root = rootKey.CreateCertificate();
        ServerCertificate certificate = rootKey.SignCertificate(serverKey.CreateRequest());
        using SecretBytes key = serverKey.ToSecretBytes();
        AtomicFile.WritePublic(Path("root.qrc"), root.ToBytes(), overwrite: true);
        AtomicFile.WritePublic(Path("server.qsc"), certificate.ToBytes(), overwrite: true);
        AtomicFile.WritePublic(
            Path("server.qsk"), passphrase is null ? key.Span.ToArray() : KeyContainer.Protect(key.Span, passphrase), overwrite: true);
        return (root, certificate);
    }
}
