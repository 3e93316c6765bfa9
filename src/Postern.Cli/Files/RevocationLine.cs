using System.Globalization;
using System.Text.Json.Serialization;
using Postern.Qstp.Certificates;

namespace Postern.Cli.Files;

/// <summary>An entry of a revocation list. Its properties are the JSON form.</summary>
internal sealed record RevocationLine(string Serial, DateTimeOffset RevokedAt, string Reason)
{
    [JsonIgnore]
    public string Line => string.Create(CultureInfo.InvariantCulture, $"{Serial}  {RevokedAt:u}  {Reason}");

    public static RevocationLine Of(RevocationEntry entry) => new(entry.SerialNumber, entry.RevokedAt, entry.ReasonName);
}
