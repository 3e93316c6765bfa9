namespace Postern;

/// <summary>Who is at the other end, as far as the handshake has proved it.</summary>
/// <param name="Name">
/// The serial of a QSTP server's certificate or the key identity of a QSMP key, in hexadecimal digits.
/// </param>
/// <param name="Fingerprint">SHA3-256 of the certificate or public key, in hexadecimal digits; null where the peer has none.</param>
public sealed record PeerIdentity(string Name, string? Fingerprint);
