using System.Security.Cryptography;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using Postern.AspNetCore.Kestrel;

namespace Postern.AspNetCore.Hosting;

/// <summary>Loads what settings name while they are validated, so that an application with wrong files does not start. Owns the keys.</summary>
internal sealed class ConfiguredServer<TSettings>(Func<TSettings, (EndpointProtocol Protocol, IDisposable Keys)> load) : IValidateOptions<TSettings>, IDisposable
    where TSettings : PosternServerSettings
{
    private IDisposable? _keys;

    /// <summary>The endpoint, once the settings were found valid.</summary>
    public EndpointProtocol? Protocol { get; private set; }

    public ValidateOptionsResult Validate(string? name, TSettings options)
    {
        // Options and monitors each validate; the keys are loaded once.
        if (Protocol is not null) return ValidateOptionsResult.Success;
        try
        {
            if (!System.Net.IPAddress.TryParse(options.Address, out _)) return ValidateOptionsResult.Fail($"{options.Address} is no IP address.");
            if (options.Port is < 0 or > ushort.MaxValue) return ValidateOptionsResult.Fail($"{options.Port} is no TCP port.");
            if (options.Protocols is not (HttpProtocols.Http1 or HttpProtocols.Http2 or HttpProtocols.Http1AndHttp2))
            {
                return ValidateOptionsResult.Fail($"Protocols are HTTP/1.1 and HTTP/2, not {options.Protocols}.");
            }

            (Protocol, _keys) = load(options);
            return ValidateOptionsResult.Success;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or FormatException or ArgumentException or CryptographicException)
        {
            return ValidateOptionsResult.Fail($"{typeof(TSettings).Name}: {exception.Message}");
        }
    }

    public void Dispose() => _keys?.Dispose();
}
