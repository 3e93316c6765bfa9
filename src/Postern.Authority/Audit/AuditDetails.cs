using Postern.Authority.Records;

namespace Postern.Authority.Audit;

/// <summary>What an entry says of the record that it stands for. Computed again from the record when the log is verified.</summary>
internal static class AuditDetails
{
    public static string Of(RootRecord root) => $"certificate: {RecordText.Digest(root.Certificate.Span)}\n";

    /// <summary>What a root says that was added by <paramref name="former"/>.</summary>
    public static string OfJoining(RootRecord former) => $"added by: {former.Serial}\n" + Of(former);

    public static string Of(CertificateRecord certificate, RequestRecord request) =>
        $"root: {certificate.RootSerial}\n"
        + $"generation: {certificate.Generation}\n"
        + $"name: {certificate.Name}\n"
        + $"valid from: {certificate.ValidFrom:u}\n"
        + $"valid to: {certificate.ValidTo:u}\n"
        + $"request: {Convert.ToHexString(request.Hash.Span)}\n"
        + $"certificate: {RecordText.Digest(certificate.Certificate.Span)}\n";

    public static string Of(RevocationListRecord list) =>
        $"number: {list.Number}\n"
        + $"next update: {list.NextUpdate:u}\n"
        + $"entries: {list.Count}\n"
        + $"list: {list.Digest}\n";

    public static string Of(TokenRecord token) =>
        $"kind: {TokenRecord.TextOf(token.Kind)}\n"
        + $"name: {token.Pattern}\n"
        + $"days: {(token.Days is { } days ? $"{days}" : "-")}\n"
        + $"uses: {token.Uses}\n"
        + $"expires: {token.ExpiresAt:u}\n"
        + $"hash: {Convert.ToHexString(token.Hash.Span)}\n";

    /// <summary>Of a request that an administrator refused.</summary>
    public static string Of(SubmissionRecord submission) =>
        $"request: {submission.Id}\n"
        + $"name: {submission.Name}\n";

    /// <summary>Of calls, by what they were.</summary>
    public static string Of(IEnumerable<KeyValuePair<string, long>> calls) => string.Concat(calls.Select(call => $"{call.Key}: {call.Value}\n"));

    public static string Of(RevocationRecord revocation) => $"reason: {RecordText.Of(revocation.Reason)}\n";
}
