using Postern.Cryptography;
using Postern.Qstp.Certificates;

namespace Postern.Authority.Records;

/// <summary>How reasons, digests and times are written in the inventory and in the audit log.</summary>
internal static class RecordText
{
    /// <summary>Such as "key-compromise".</summary>
    public static string Of(RevocationReason reason) => RevocationReasonText.Of(reason);

    /// <summary>All reasons, as they are written.</summary>
    public static IReadOnlyList<string> Reasons { get; } = [.. Enum.GetValues<RevocationReason>().Select(Of)];

    /// <summary>The reason of that name, or null.</summary>
    public static RevocationReason? ParseReason(string text)
    {
        foreach (RevocationReason reason in Enum.GetValues<RevocationReason>())
        {
            if (Of(reason) == text) return reason;
        }

        return null;
    }

    /// <summary>SHA3-256 in upper-case hexadecimal digits.</summary>
    public static string Digest(ReadOnlySpan<byte> data)
    {
        Span<byte> digest = stackalloc byte[Sha3.DigestSize256];
        Sha3.HashData256(data, digest);
        return Convert.ToHexString(digest);
    }

    /// <summary>The clock's time in whole seconds: that is what is stored and hashed.</summary>
    public static DateTimeOffset Now(TimeProvider clock) => DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds());
}
