using System.Security.Cryptography;
using Postern.Cryptography;

namespace Postern.Authority.Enrolment;

/// <summary>
/// A token as its holder has it: <c>ID.SECRET</c>, 16 and 64 hexadecimal digits. The identity is public and finds the row; the secret of 256 random
/// bits is never stored, only the hash of it, and that is compared in constant time.
/// </summary>
internal sealed class EnrolmentToken
{
    private const int IdSize = 8;
    private const int SecretSize = 32;

    private EnrolmentToken(string id, string text, byte[] hash)
    {
        Id = id;
        Text = text;
        Hash = hash;
    }

    /// <summary>Names the token in the log and in lists.</summary>
    public string Id { get; }

    /// <summary>Identity and secret: shown once.</summary>
    public string Text { get; }

    /// <summary>SHA3-256 over purpose, identity and secret.</summary>
    public ReadOnlyMemory<byte> Hash { get; }

    private static ReadOnlySpan<byte> Purpose => "Postern token v1"u8;

    public static EnrolmentToken Generate()
    {
        Span<byte> bytes = stackalloc byte[IdSize + SecretSize];
        RandomSource.System.Fill(bytes);
        EnrolmentToken token = Of(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return token;
    }

    /// <summary>The token that a holder shows, or null if it is none.</summary>
    public static EnrolmentToken? Parse(string? text)
    {
        if (text is not { Length: (2 * (IdSize + SecretSize)) + 1 } || text[2 * IdSize] != '.') return null;
        Span<byte> bytes = stackalloc byte[IdSize + SecretSize];
        bool isHexadecimal = TryRead(text.AsSpan(0, 2 * IdSize), bytes[..IdSize]) & TryRead(text.AsSpan((2 * IdSize) + 1), bytes[IdSize..]);
        EnrolmentToken? token = isHexadecimal ? Of(bytes) : null;
        CryptographicOperations.ZeroMemory(bytes);
        return token;
    }

    /// <summary>Tells in constant time whether this is the token with that hash.</summary>
    public bool Is(ReadOnlySpan<byte> hash) => CryptographicOperations.FixedTimeEquals(Hash.Span, hash);

    private static bool TryRead(ReadOnlySpan<char> text, Span<byte> bytes) =>
        Convert.FromHexString(text, bytes, out _, out int written) == System.Buffers.OperationStatus.Done && written == bytes.Length;

    private static EnrolmentToken Of(ReadOnlySpan<byte> bytes)
    {
        byte[] hash = new byte[Sha3.DigestSize256];
        Span<byte> data = stackalloc byte[Purpose.Length + IdSize + SecretSize];
        Purpose.CopyTo(data);
        bytes.CopyTo(data[Purpose.Length..]);
        Sha3.HashData256(data, hash);
        CryptographicOperations.ZeroMemory(data);
        string id = Convert.ToHexString(bytes[..IdSize]);
        return new EnrolmentToken(id, $"{id}.{Convert.ToHexString(bytes[IdSize..])}", hash);
    }
}
