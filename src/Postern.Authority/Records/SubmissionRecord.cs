using Postern.Authority.Enrolment;

namespace Postern.Authority.Records;

/// <summary>A request without a token. It waits for an administrator.</summary>
internal sealed record SubmissionRecord
{
    /// <summary>32 random upper-case hexadecimal digits: who knows them may ask what became of it.</summary>
    public required string Id { get; init; }

    public required string Serial { get; init; }

    public required string Name { get; init; }

    /// <summary>A <see cref="SignedRequest"/>, whose proof was verified.</summary>
    public required ReadOnlyMemory<byte> Request { get; init; }

    /// <summary>The address that it came from.</summary>
    public required string Origin { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }

    public required SubmissionState State { get; init; }

    /// <summary>The administrator; null while it waits.</summary>
    public string? DecidedBy { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Number of the audit entry of the decision; null while it waits.</summary>
    public long? Entry { get; init; }

    public static string TextOf(SubmissionState state) => state switch
    {
        SubmissionState.Approved => "approved",
        SubmissionState.Refused => "refused",
        _ => "submitted",
    };

    public static SubmissionState? ParseState(string text)
    {
        foreach (SubmissionState state in Enum.GetValues<SubmissionState>())
        {
            if (TextOf(state) == text) return state;
        }

        return null;
    }

    /// <summary>The request.</summary>
    /// <exception cref="FormatException">The bytes are no request.</exception>
    public SignedRequest Parse() => SignedRequest.Parse(Request.Span);
}
