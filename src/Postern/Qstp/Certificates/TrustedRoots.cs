namespace Postern.Qstp.Certificates;

/// <summary>
/// The roots that somebody trusts: one, or the old and the new one during a rollover. The root's serial in a certificate says under which it is
/// verified. (docs/authority.md)
/// </summary>
public sealed class TrustedRoots
{
    private readonly RootCertificate[] _roots;

    /// <summary>Trusts these roots, each of which is verified with what is verified under it.</summary>
    /// <param name="roots">At least one; the same one may be there twice.</param>
    /// <exception cref="ArgumentException">There is none, or two that differ bear the same serial.</exception>
    public TrustedRoots(params IEnumerable<RootCertificate> roots)
    {
        ArgumentNullException.ThrowIfNull(roots);
        List<RootCertificate> known = [];
        foreach (RootCertificate root in roots)
        {
            RootCertificate? same = known.Find(other => other.Serial.SequenceEqual(root.Serial));
            if (same is null) known.Add(root);
            else if (!same.IsSameAs(root)) throw new ArgumentException($"Two roots that differ bear the serial {root.SerialNumber}.", nameof(roots));
        }

        if (known.Count == 0) throw new ArgumentException("At least one root is trusted.", nameof(roots));
        _roots = [.. known];
    }

    /// <summary>The roots, each once, in the order they were given in.</summary>
    public IReadOnlyList<RootCertificate> All => _roots;

    /// <summary>The root that a certificate names as its signer; whether that is so, only verification tells.</summary>
    /// <exception cref="ChannelException">The certificate is a request, or no trusted root has that serial.</exception>
    public RootCertificate RootOf(ServerCertificate certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (!certificate.IsSigned) throw new ChannelException(ChannelError.CertificateInvalid, "The server certificate is not signed yet: it is a request.");
        return Find(certificate.RootSerial) ?? throw Unknown("server certificate", certificate.RootSerialNumber);
    }

    /// <summary>Checks the whole chain under the root that the certificate names: see <see cref="RootCertificate.Verify(ServerCertificate, VerificationPolicy?)"/>.</summary>
    /// <returns>The proof that a client handshake asks for.</returns>
    /// <exception cref="ChannelException">No trusted root has the serial that the certificate names, or a check failed.</exception>
    public VerifiedServer Verify(ServerCertificate certificate, VerificationPolicy? policy = null)
    {
        // A single root is looked at first: what is wrong with it matters more than a serial.
        RootCertificate root = _roots.Length == 1 ? _roots[0] : RootOf(certificate);
        return root.Verify(certificate, policy);
    }

    /// <summary>Checks that one of these roots signed a revocation list: see <see cref="RootCertificate.Verify(RevocationList, VerificationPolicy?)"/>.</summary>
    /// <exception cref="ChannelException">The list is of none of them, or a check failed.</exception>
    public VerifiedRevocationList Verify(RevocationList list, VerificationPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(list);
        RootCertificate root = Find(list.RootSerial) ?? throw Unknown("revocation list", list.RootSerialNumber);
        return root.Verify(list, policy);
    }

    private RootCertificate? Find(ReadOnlySpan<byte> serial)
    {
        foreach (RootCertificate root in _roots)
        {
            if (root.Serial.SequenceEqual(serial)) return root;
        }

        return null;
    }

    private ChannelException Unknown(string what, string serial)
    {
        string trusted = string.Join(", ", _roots.Select(root => root.SerialNumber));
        return new ChannelException(
            ChannelError.CertificateInvalid, $"The {what} was signed by the root {serial}, not by {(_roots.Length > 1 ? "one of " : string.Empty)}{trusted}.");
    }
}
