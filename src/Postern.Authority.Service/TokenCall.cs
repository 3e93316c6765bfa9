namespace Postern.Authority.Service;

/// <summary>Body of POST /tokens.</summary>
/// <param name="Name">Names that the token is good for; * is any text.</param>
/// <param name="ExpiresIn">Seconds.</param>
/// <param name="Days">Validity of its certificates; the request's own if null.</param>
/// <param name="Uses">How many certificates; 1 if null.</param>
internal sealed record TokenCall(string? Name, long? ExpiresIn, int? Days, int? Uses);
