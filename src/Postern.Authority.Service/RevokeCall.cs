namespace Postern.Authority.Service;

/// <summary>Body of POST /revoke.</summary>
/// <param name="Serial">The serial, 32 hexadecimal digits.</param>
/// <param name="Reason">As <c>postern root revoke</c> takes it.</param>
internal sealed record RevokeCall(string? Serial, string? Reason);
