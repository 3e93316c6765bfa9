using System.Buffers.Binary;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Storage;

namespace Postern.Qsmp;

/// <summary>What a private key and its public key have in common: which set, which key, how long. (QSMP §1.14)</summary>
internal sealed class KeyIdentification
{
    private readonly byte[] _identity;
    private readonly byte[] _verificationKey;

    public KeyIdentification(Suite suite, ulong expirationSeconds, byte[] identity, byte[] verificationKey)
    {
        Suite = suite;
        ExpirationSeconds = expirationSeconds;
        _identity = identity;
        _verificationKey = verificationKey;
    }

    public Suite Suite { get; }

    public ulong ExpirationSeconds { get; }

    public DateTimeOffset Expiration => UnixTime.ToDate(ExpirationSeconds);

    public ReadOnlySpan<byte> Identity => _identity;

    public ReadOnlySpan<byte> VerificationKey => _verificationKey;

    public ReadOnlyMemory<byte> VerificationKeyMemory => _verificationKey;

    /// <summary>The digits of the text form.</summary>
    public string IdentityText => Convert.ToHexStringLower(_identity);

    /// <summary>SHA3-256(configuration || LE64 expiration || identity || verification key): ours, the reference has none.</summary>
    public string Fingerprint
    {
        get
        {
            Span<byte> expiration = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(expiration, ExpirationSeconds);
            KeccakSponge sponge = KeccakSponge.Sha3_256();
            sponge.Absorb(Suite.ConfigurationField);
            sponge.Absorb(expiration);
            sponge.Absorb(_identity);
            sponge.Absorb(_verificationKey);
            Span<byte> digest = stackalloc byte[Sha3.DigestSize256];
            sponge.Squeeze(digest);
            return Convert.ToHexString(digest);
        }
    }

    /// <summary>The last second is still valid. (QSMP §1.14)</summary>
    public bool IsValidAt(ulong now) => now <= ExpirationSeconds;

    /// <summary>configuration || LE64 expiration || identity, as in the private key's file.</summary>
    public void WriteHead(ref WireWriter writer)
    {
        writer.Bytes(Suite.ConfigurationField);
        writer.UInt64(ExpirationSeconds);
        writer.Bytes(_identity);
    }
}
