using System.Text;
using Postern.Cryptography;

namespace Postern;

/// <summary>
/// One configuration set: the algorithms of a connection and what names them on the wire. Data only; a connection uses one suite and
/// nothing is negotiated. (QSTP §2, QSMP §1.6)
/// </summary>
public sealed class Suite
{
    private readonly byte[] _configurationField;

    internal Suite(
        byte id,
        string name,
        int configurationFieldSize,
        int securityLevel,
        SignatureAlgorithm signature,
        KemAlgorithm kem)
    {
        Id = id;
        Name = name;
        SecurityLevel = securityLevel;
        Signature = signature;
        Kem = kem;
        _configurationField = new byte[configurationFieldSize];
        Encoding.ASCII.GetBytes(name, _configurationField);
    }

    /// <summary>The set's number: in QSTP the algorithm byte of certificates and keys, in QSMP the row of the table, which no file holds.</summary>
    public byte Id { get; }

    /// <summary>The configuration string, as it stands on the wire.</summary>
    public string Name { get; }

    /// <summary>The level in the set's name: 1, 3 or 5, after NIST's security categories.</summary>
    public int SecurityLevel { get; }

    /// <summary>The signature scheme of certificates and handshakes.</summary>
    public SignatureAlgorithm Signature { get; }

    /// <summary>The key encapsulation mechanism of the handshake.</summary>
    public KemAlgorithm Kem { get; }

    /// <summary>The configuration string padded with zeros to the field's size, as it is sent and hashed.</summary>
    internal ReadOnlySpan<byte> ConfigurationField => _configurationField;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
