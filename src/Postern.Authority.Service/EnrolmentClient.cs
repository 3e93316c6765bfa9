using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Postern.AspNetCore;
using Postern.Authority.Enrolment;
using Postern.Authority.Records;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Service;

/// <summary>Calls a service inside a tunnel to it. What comes back is verified under the root before anyone sees it.</summary>
internal sealed class EnrolmentClient : IDisposable
{
    private readonly RootCertificate _root;
    private readonly VerificationPolicy _policy;
    private readonly HttpClient _http;

    /// <summary>Prepares calls; nothing is sent.</summary>
    /// <param name="endPoint">The service's private part.</param>
    /// <param name="root">The root.</param>
    /// <param name="service">The service's certificate, from wherever: its chain and its name are checked.</param>
    /// <param name="policy">How certificates are verified.</param>
    /// <exception cref="ChannelException">The certificate is not the root's.</exception>
    /// <exception cref="RefusedException">It is another server's.</exception>
    public EnrolmentClient(EndPoint endPoint, RootCertificate root, ServerCertificate service, VerificationPolicy policy)
    {
        _root = root;
        _policy = policy;
        VerifiedServer server = root.Verify(service, policy);
        // Every server of the root has a certificate that verifies; this name has the service alone.
        if (service.Issuer != EnrolmentDesk.ReservedName)
        {
            throw new RefusedException(0, $"The certificate of '{service.Issuer}' is not that of the service, whose name is '{EnrolmentDesk.ReservedName}'.");
        }

        SocketsHttpHandler handler = new() { AllowAutoRedirect = false, UseCookies = false };
        _http = new HttpClient(handler.UseQstp(server, new QstpClientOptions())) { BaseAddress = AddressOf(endPoint), Timeout = TimeSpan.FromMinutes(2), MaxResponseContentBufferSize = 64 * 1024 * 1024 };
    }

    /// <summary>Shows a token; gets the certificate of the request.</summary>
    public async Task<ServerCertificate> EnrolAsync(string token, SignedRequest request, CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = Post("enroll", request.ToBytes());
        message.Headers.Add(PrivateSite.TokenHeader, token);
        return Check(await SendAsync(message, cancellationToken).ConfigureAwait(false), request);
    }

    /// <summary>Asks for the successor of a certificate.</summary>
    public async Task<ServerCertificate> RenewAsync(RenewalRequest renewal, CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = Post("renew", renewal.ToBytes());
        return Check(await SendAsync(message, cancellationToken).ConfigureAwait(false), renewal.Request);
    }

    /// <summary>Hands in a request for an administrator.</summary>
    /// <returns>What <see cref="FollowAsync"/> asks by.</returns>
    public async Task<string> SubmitAsync(SignedRequest request, CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = Post("requests", request.ToBytes());
        return JsonSerializer.Deserialize<JsonElement>(await SendAsync(message, cancellationToken).ConfigureAwait(false)).GetProperty("id").GetString()!;
    }

    /// <summary>The certificate, if the request was approved; null while it waits.</summary>
    /// <exception cref="RefusedException">It was refused.</exception>
    public async Task<ServerCertificate?> FollowAsync(string id, SignedRequest request, CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = new(HttpMethod.Get, $"requests/{id}");
        JsonElement answer = JsonSerializer.Deserialize<JsonElement>(await SendAsync(message, cancellationToken).ConfigureAwait(false));
        return answer.GetProperty("state").GetString() switch
        {
            "approved" => Check(answer.GetProperty("certificate").GetBytesFromBase64(), request),
            "refused" => throw new RefusedException((int)HttpStatusCode.Forbidden, "The administrator refused the request."),
            _ => null,
        };
    }

    /// <summary>A call of an administrator.</summary>
    public async Task<JsonElement> AdministerAsync(HttpMethod method, string path, object? body, string adminToken, CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = new(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", adminToken);
        return JsonSerializer.Deserialize<JsonElement>(await SendAsync(message, cancellationToken).ConfigureAwait(false));
    }

    public void Dispose() => _http.Dispose();

    private static Uri AddressOf(EndPoint endPoint) => endPoint is DnsEndPoint name
        ? new UriBuilder("http", name.Host, name.Port).Uri
        : new Uri($"http://{endPoint}");

    private static HttpRequestMessage Post(string path, byte[] body) => new(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };

    private async Task<byte[]> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await _http.SendAsync(message, cancellationToken).ConfigureAwait(false);
        byte[] body = await answer.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        if (answer.IsSuccessStatusCode) return body;
        throw new RefusedException((int)answer.StatusCode, $"The service refuses: {MessageOf(body) ?? answer.ReasonPhrase}");
    }

    private static string? MessageOf(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(body).GetProperty("error").GetString();
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    // The service is believed in nothing that can be checked.
    private ServerCertificate Check(byte[] data, SignedRequest request)
    {
        ServerCertificate certificate = ServerCertificate.Parse(data);
        _root.Verify(certificate, _policy with { AllowNotYetValid = true });
        if (!RequestRecord.Of(request.Request).IsOf(certificate)) throw new FormatException("The service answers with a certificate for another request.");
        return certificate;
    }
}
