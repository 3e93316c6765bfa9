using System.Security.Cryptography;
using System.Text;
using Postern.Authority.Records;

namespace Postern.Authority.Service.Web;

/// <summary>Who is logged in. Only in memory, and by the hash of what the cookie says: a restart ends all sessions.</summary>
internal sealed class WebSessions(TimeProvider clock)
{
    /// <summary>From the login to the end.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    // Administrators are few: one more login ends the oldest.
    private const int MaxSessions = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, WebSession> _sessions = new(StringComparer.Ordinal);

    /// <summary>256 random bits, as hexadecimal digits.</summary>
    public static string NewSecret() => RandomNumberGenerator.GetHexString(64);

    /// <summary>Tells in constant time whether two secrets are the same.</summary>
    public static bool AreSame(string first, string? second) =>
        second is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(first), Encoding.UTF8.GetBytes(second));

    /// <summary>Begins a session.</summary>
    /// <returns>What the cookie says.</returns>
    public string Begin(TokenRecord token)
    {
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset end = now + Lifetime;
        string secret = NewSecret();
        WebSession session = new(token.Id, token.Actor, NewSecret(), end < token.ExpiresAt ? end : token.ExpiresAt);
        lock (_lock)
        {
            foreach (string ended in _sessions.Where(pair => pair.Value.EndsAt <= now).Select(pair => pair.Key).ToArray()) _sessions.Remove(ended);
            if (_sessions.Count >= MaxSessions) _sessions.Remove(_sessions.MinBy(pair => pair.Value.EndsAt).Key);
            _sessions.Add(KeyOf(secret), session);
        }

        return secret;
    }

    /// <summary>The session of a cookie, or null if there is none or it is over.</summary>
    public WebSession? Find(string? secret)
    {
        if (secret is not { Length: 64 }) return null;
        lock (_lock) return _sessions.TryGetValue(KeyOf(secret), out WebSession? session) && clock.GetUtcNow() < session.EndsAt ? session : null;
    }

    /// <summary>Ends a session.</summary>
    public void End(string? secret)
    {
        if (secret is not { Length: 64 }) return;
        lock (_lock) _sessions.Remove(KeyOf(secret));
    }

    private static string KeyOf(string secret) => RecordText.Digest(Encoding.UTF8.GetBytes(secret));
}
