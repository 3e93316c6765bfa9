using System.Text;
using Postern.Cryptography;
using Postern.Packets;

namespace Postern.Qstp.Certificates;

/// <summary>Who signed a root that did not sign itself: 49 bytes at the end of the certificate. (QSTP §5.5)</summary>
public sealed class ExternalAuthority
{
    internal const int Size = NameSize + KeyIdSize + 1;

    private const int NameSize = 32;
    private const int KeyIdSize = 16;

    private readonly byte[] _name;
    private readonly byte[] _keyId;

    private ExternalAuthority(ReadOnlySpan<byte> name, ReadOnlySpan<byte> keyId, byte scheme)
    {
        _name = name.ToArray();
        _keyId = keyId.ToArray();
        SchemeId = scheme;
    }

    /// <summary>The authority's name, at most 32 ASCII characters.</summary>
    public string Name => Encoding.ASCII.GetString(_name).TrimEnd('\0');

    /// <summary>The 16 bytes that name the authority's key, as upper-case hexadecimal digits.</summary>
    public string KeyId => Convert.ToHexString(_keyId);

    /// <summary>The authority's signature scheme by the wire's enumeration: 1, 2, 3 for Dilithium S1, S3, S5. (QSTP §2)</summary>
    public byte SchemeId { get; }

    /// <summary>The scheme's text name, or null where the wire has none.</summary>
    public string? SchemeName => SchemeId is >= 1 and <= 3 ? SchemeNames[SchemeId - 1] : null;

    private static string[] SchemeNames { get; } = ["dilithium-s1", "dilithium-s3", "dilithium-s5"];

    private static SignatureAlgorithm[] Schemes { get; } = [SignatureAlgorithm.MLDsa44, SignatureAlgorithm.MLDsa65, SignatureAlgorithm.MLDsa87];

    /// <summary>The scheme, or null if it is not one that is supported here.</summary>
    internal SignatureAlgorithm? Scheme => SchemeId is >= 1 and <= 3 ? Schemes[SchemeId - 1] : null;

    /// <summary>Names an authority that is to sign a root.</summary>
    /// <param name="name">Its name, 1 to 32 printable ASCII characters.</param>
    /// <param name="keyId">The 16 bytes that name its key, as hexadecimal digits.</param>
    /// <param name="scheme">Its signature scheme: ML-DSA-44, -65 or -87.</param>
    /// <exception cref="ArgumentException">A name, a key id or a scheme that the wire does not have.</exception>
    public static ExternalAuthority Create(string name, string keyId, SignatureAlgorithm scheme)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(keyId);
        ArgumentNullException.ThrowIfNull(scheme);
        if (!SigningKeyFile.IsIssuer(name)) throw new ArgumentException($"An authority's name is 1 to {NameSize} printable ASCII characters.", nameof(name));
        if (keyId.Length != 2 * KeyIdSize || !keyId.All(char.IsAsciiHexDigit))
        {
            throw new ArgumentException($"An authority's key id is {2 * KeyIdSize} hexadecimal digits.", nameof(keyId));
        }

        int index = Array.IndexOf(Schemes, scheme);
        if (index < 0) throw new ArgumentException($"An outside authority signs with ML-DSA; {scheme} has no number for that.", nameof(scheme));
        return FromText(name, keyId, SchemeNames[index]);
    }

    internal static ExternalAuthority Read(ref WireReader reader) =>
        new(reader.Bytes(NameSize), reader.Bytes(KeyIdSize), reader.Byte());

    /// <summary>From the text form's lines.</summary>
    internal static ExternalAuthority FromText(string name, string keyId, string schemeName)
    {
        int scheme = Array.IndexOf(SchemeNames, schemeName);
        if (scheme < 0) throw new FormatException($"Unknown authority algorithm '{schemeName}'.");
        byte[] nameField = new byte[NameSize];
        if (!Ascii.IsValid(name) || name.Length > NameSize) throw new FormatException("An authority's name is at most 32 ASCII characters.");
        Encoding.ASCII.GetBytes(name, nameField);
        byte[] keyIdField = Convert.FromHexString(keyId);
        if (keyIdField.Length != KeyIdSize) throw new FormatException($"An authority's key id has {KeyIdSize} bytes.");
        return new ExternalAuthority(nameField, keyIdField, (byte)(scheme + 1));
    }

    internal void Write(ref WireWriter writer)
    {
        writer.Bytes(_name);
        writer.Bytes(_keyId);
        writer.Byte(SchemeId);
    }

    internal void Absorb(ref KeccakSponge sponge)
    {
        sponge.Absorb(_name);
        sponge.Absorb(_keyId);
        sponge.Absorb(SchemeId);
    }
}
