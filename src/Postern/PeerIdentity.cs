namespace Postern;

/// <summary>Who is at the other end, as far as the handshake has proved it.</summary>
/// <param name="Name">
/// The serial of a QSTP server's certificate or the key identity of a QSMP key, in hexadecimal digits. A QSMP peer chose it itself, and
/// two keys may bear the same: tell peers apart by <paramref name="Fingerprint"/>.
/// </param>
/// <param name="Fingerprint">SHA3-256 of a QSMP public key with its fields, in hexadecimal digits; null for a QSTP server, whose serial its root signed.</param>
public sealed record PeerIdentity(string Name, string? Fingerprint);
