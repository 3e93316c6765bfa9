using Postern.Cryptography;

namespace Postern.Tests.Support;

/// <summary>A secret as somebody holds it, to see later that it was erased.</summary>
internal sealed class HeldSecret
{
    private readonly SecretBytes? _rentedBy;
    private readonly byte[] _bytes;

    public HeldSecret(SecretBytes secret)
    {
        _bytes = (byte[])Inside.Field(secret, "_bytes")!;
        if ((bool)Inside.Field(secret, "_isRented")!) _rentedBy = secret;
    }

    public HeldSecret(RcsCipher cipher) => _bytes = (byte[])Inside.Field(cipher, "_secrets")!;

    /// <summary>
    /// Its memory is all zeros. Memory that was rented may hold another's secret a moment later: that it was given back is looked at
    /// instead, and SecretBytesTests show that this erases it.
    /// </summary>
    public bool IsErased => _rentedBy is null ? !_bytes.AsSpan().ContainsAnyExcept((byte)0) : Inside.Field(_rentedBy, "_bytes") is byte[] { Length: 0 };
}
