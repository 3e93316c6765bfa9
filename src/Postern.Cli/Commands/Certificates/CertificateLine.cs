using System.Globalization;
using System.Text.Json.Serialization;
using Postern.Authority.Records;
using Postern.Qstp;

namespace Postern.Cli.Commands.Certificates;

/// <summary>A certificate in a list. Its properties are the JSON form.</summary>
internal sealed record CertificateLine
{
    public required string Serial { get; init; }

    public required int Generation { get; init; }

    public required string Name { get; init; }

    public required int SuiteId { get; init; }

    public string? Suite { get; init; }

    public required DateTimeOffset ValidFrom { get; init; }

    public required DateTimeOffset ValidTo { get; init; }

    public required DateTimeOffset IssuedAt { get; init; }

    public required string IssuedBy { get; init; }

    /// <summary>valid, expired, not yet valid, replaced or revoked.</summary>
    public required string State { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public string? Reason { get; init; }

    public static string Header => Columns("serial", "state", "valid to", "set", "name");

    [JsonIgnore]
    public string Line => Columns(Serial, State, ValidTo.ToString("u", CultureInfo.InvariantCulture), $"{SuiteId}", Name);

    public static CertificateLine Of(CertificateSummary certificate, DateTimeOffset now) => new()
    {
        Serial = certificate.Serial,
        Generation = certificate.Generation,
        Name = certificate.Name,
        SuiteId = certificate.SuiteId,
        Suite = QstpSuites.All.FirstOrDefault(suite => suite.Id == certificate.SuiteId)?.Name,
        ValidFrom = certificate.ValidFrom,
        ValidTo = certificate.ValidTo,
        IssuedAt = certificate.IssuedAt,
        IssuedBy = certificate.IssuedBy,
        State = certificate.StateAt(now),
        RevokedAt = certificate.RevokedAt,
        Reason = certificate.Reason is { } reason ? RecordText.Of(reason) : null,
    };

    private static string Columns(string serial, string state, string validTo, string suite, string name) =>
        $"{serial,-32}  {state,-13}  {validTo,-20}  {suite,3}  {name}";
}
