namespace Postern.Authority.Enrolment;

/// <summary>What a token is for. The names are stored.</summary>
internal enum TokenKind
{
    /// <summary>Certificates, as many as its uses, for names that match its pattern.</summary>
    Enrol = 1,

    /// <summary>Everything that an administrator may do. Only the newest counts.</summary>
    Admin,
}
