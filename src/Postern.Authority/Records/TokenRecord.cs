using System.IO.Enumeration;
using Postern.Authority.Enrolment;

namespace Postern.Authority.Records;

/// <summary>A token, without its secret. It does not change: its uses are the certificates that name it as who issued them.</summary>
internal sealed record TokenRecord
{
    /// <summary>16 upper-case hexadecimal digits.</summary>
    public required string Id { get; init; }

    public required TokenKind Kind { get; init; }

    /// <summary>The hash of the secret.</summary>
    public required ReadOnlyMemory<byte> Hash { get; init; }

    /// <summary>The names that it is good for; * is any text, ? any character.</summary>
    public required string Pattern { get; init; }

    /// <summary>Validity of its certificates in days; null leaves the request's dates.</summary>
    public int? Days { get; init; }

    /// <summary>How many certificates.</summary>
    public required int Uses { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required string CreatedBy { get; init; }

    /// <summary>Number of the audit entry that recorded it.</summary>
    public required long Entry { get; init; }

    /// <summary>Who acts in the log when the token is used.</summary>
    public string Actor => ActorOf(Kind, Id);

    public static string ActorOf(TokenKind kind, string id) => $"{(kind == TokenKind.Admin ? "admin" : "token")} {id}";

    public static string TextOf(TokenKind kind) => kind == TokenKind.Admin ? "admin" : "enrol";

    public static TokenKind? ParseKind(string text) => text switch
    {
        "admin" => TokenKind.Admin,
        "enrol" => TokenKind.Enrol,
        _ => null,
    };

    /// <summary>Tells whether a certificate of that name may be had with it.</summary>
    public bool Allows(string name) => FileSystemName.MatchesSimpleExpression(Pattern, name, ignoreCase: false);
}
