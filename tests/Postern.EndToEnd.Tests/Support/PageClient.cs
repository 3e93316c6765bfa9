using System.Net;
using System.Text.RegularExpressions;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>A browser without eyes: keeps cookies, follows nothing by itself, sends forms with what the page had in them.</summary>
internal sealed partial class PageClient : IDisposable
{
    private readonly HttpClientHandler _handler = new() { AllowAutoRedirect = false, CookieContainer = new CookieContainer() };
    private readonly HttpClient _client;
    private readonly Uri _site;

    public PageClient(Uri site)
    {
        _site = site;
        _client = new HttpClient(_handler) { BaseAddress = site };
    }

    public CookieCollection Cookies => _handler.CookieContainer.GetCookies(_site);

    public Task<HttpResponseMessage> GetAsync(string path) => _client.GetAsync(new Uri(path, UriKind.Relative));

    /// <summary>A page that is there.</summary>
    public async Task<string> ReadAsync(string path)
    {
        using HttpResponseMessage response = await GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>What forms of a page have in them.</summary>
    public async Task<string> FormTokenOfAsync(string path)
    {
        Match match = FormToken().Match(await ReadAsync(path));
        Assert.True(match.Success, $"{path} has no form.");
        return match.Groups["token"].Value;
    }

    public async Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields)
    {
        using FormUrlEncodedContent content = new(fields.Select(field => new KeyValuePair<string, string>(field.Name, field.Value)));
        return await _client.PostAsync(new Uri(path, UriKind.Relative), content);
    }

    /// <summary>Sends a form of a page.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string page, string action, params (string Name, string Value)[] fields) =>
        await PostAsync(action, [("form", await FormTokenOfAsync(page)), .. fields]);

    public Task<HttpResponseMessage> LoginAsync(string token) => SubmitAsync("/login", "/login", ("token", token));

    /// <summary>Whether there is a session.</summary>
    public async Task<bool> IsInAsync()
    {
        using HttpResponseMessage response = await GetAsync("/");
        return response.StatusCode == HttpStatusCode.OK;
    }

    public void Dispose()
    {
        _client.Dispose();
        _handler.Dispose();
    }

    [GeneratedRegex("name=\"form\" value=\"(?<token>[0-9A-F]{64})\"", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex FormToken();
}
