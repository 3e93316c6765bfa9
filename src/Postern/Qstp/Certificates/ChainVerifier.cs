using System.Security.Cryptography;
using Postern.Cryptography;
using Postern.Storage;

namespace Postern.Qstp.Certificates;

/// <summary>Every check of QSTP §5.9, those that the reference leaves out included.</summary>
internal static class ChainVerifier
{
    public static VerifiedServer Verify(RootCertificate root, ServerCertificate certificate, VerificationPolicy policy)
    {
        VerifyRoot(root, policy);
        if (certificate.Suite != root.Suite)
        {
            throw Invalid($"The server certificate is for {certificate.Suite}, the root for {root.Suite}.");
        }

        if (!certificate.IsSigned) throw Invalid("The server certificate is not signed yet: it is a request.");
        if (!CryptographicOperations.FixedTimeEquals(certificate.RootSerial, root.Serial))
        {
            throw Invalid($"The server certificate was signed by the root {certificate.RootSerialNumber}, not by {root.SerialNumber}.");
        }

        CheckSignature(certificate, root.Verifier, "server certificate", "the root");
        CheckVersion(certificate, "server certificate");
        CheckValidity(certificate, "server certificate", allowExpired: false, policy);
        CheckDenied(certificate, policy);
        return new VerifiedServer(certificate, PairHash(root, certificate));
    }

    /// <summary>What is cheap first: whose list it is, then the root, then the signature over all of the list.</summary>
    public static VerifiedRevocationList Verify(RootCertificate root, RevocationList list, VerificationPolicy policy)
    {
        if (list.Suite != root.Suite) throw Invalid($"The revocation list is for {list.Suite}, the root for {root.Suite}.");
        if (!CryptographicOperations.FixedTimeEquals(list.RootSerial, root.Serial))
        {
            throw Invalid($"The revocation list is of the root {list.RootSerialNumber}, not of {root.SerialNumber}.");
        }

        VerifyRoot(root, policy);
        if (!root.Verifier.Verify(list.Body, list.Signature)) throw Invalid("The revocation list was not signed by the root, or was altered.");
        return new VerifiedRevocationList(list);
    }

    /// <summary>Both roots, and the old one's signature. The date is for people: what counts is that the old root is valid.</summary>
    public static RootCertificate Verify(RootCertificate root, RootTransition transition, VerificationPolicy policy)
    {
        if (transition.Suite != root.Suite) throw Invalid($"The transition is signed with {transition.Suite}, the root has {root.Suite}.");
        if (!CryptographicOperations.FixedTimeEquals(transition.RootSerial, root.Serial))
        {
            throw Invalid($"The transition is of the root {transition.RootSerialNumber}, not of {root.SerialNumber}.");
        }

        VerifyRoot(root, policy);
        if (!root.Verifier.Verify(transition.Body, transition.Signature)) throw Invalid("The transition was not signed by the root, or was altered.");
        RootCertificate successor = transition.UnverifiedSuccessor;
        if (CryptographicOperations.FixedTimeEquals(successor.Serial, root.Serial)) throw Invalid($"The transition leads from the root {root.SerialNumber} to itself.");
        VerifyRoot(successor, policy);
        return successor;
    }

    public static void VerifyRoot(RootCertificate root, VerificationPolicy policy)
    {
        CheckSigner(root, policy);
        CheckVersion(root, "root certificate");
        CheckValidity(root, "root certificate", policy.AllowExpiredRoot, policy);
        CheckDenied(root, policy);
    }

    public static void VerifyAuthority(RootCertificate root, ReadOnlySpan<byte> authorityKey)
    {
        ExternalAuthority authority = root.Authority ?? throw new InvalidOperationException("No outside authority signed this root.");
        SignatureAlgorithm scheme = authority.Scheme ?? throw Invalid($"The authority's signature scheme {authority.SchemeId} is not supported.");
        if (authorityKey.Length != scheme.VerificationKeySize)
        {
            throw Invalid($"A key of {scheme} has {scheme.VerificationKeySize} bytes, this one {authorityKey.Length}.");
        }

        CheckSignature(root, scheme.CreateVerifier(authorityKey), "root certificate", $"'{authority.Name}'");
    }

    /// <summary>sch0 = H(root certificate hash || server certificate hash). (QSTP §5.2)</summary>
    public static byte[] PairHash(RootCertificate root, ServerCertificate certificate)
    {
        KeccakSponge sponge = KeccakSponge.Sha3_256();
        sponge.Absorb(root.ComputeHash());
        sponge.Absorb(certificate.ComputeHash());
        byte[] hash = new byte[QstpProtocol.HashSize];
        sponge.Squeeze(hash);
        return hash;
    }

    private static void CheckSigner(RootCertificate root, VerificationPolicy policy)
    {
        if (root.Authority is not { } authority)
        {
            if (!policy.AuthorityKey.IsEmpty) throw Invalid("The root signed itself; the signature of an outside authority is asked for.");
            CheckSignature(root, root.Verifier, "root certificate", "itself");
            return;
        }

        if (!root.IsSigned) throw Invalid($"The root is not signed by '{authority.Name}' yet: it is a request.");
        if (!policy.AuthorityKey.IsEmpty)
        {
            VerifyAuthority(root, policy.AuthorityKey.Span);
            return;
        }

        if (!policy.AllowExternallySignedRoot)
        {
            throw Invalid($"The root was signed by '{authority.Name}' (key {authority.KeyId}), not by itself: the key of '{authority.Name}' is needed.");
        }
    }

    private static void CheckSignature(Certificate certificate, MessageVerifier verifier, string what, string signer)
    {
        if (!CryptographicOperations.FixedTimeEquals(certificate.ComputeHash(), certificate.SignedHash))
        {
            throw Invalid($"The {what} was altered: its fields do not give the hash that was signed.");
        }

        if (certificate.Signature.Length != verifier.Algorithm.SignatureSize || !verifier.Verify(certificate.SignedHash, certificate.Signature))
        {
            throw Invalid($"The {what} was not signed by {signer}.");
        }
    }

    private static void CheckVersion(Certificate certificate, string what)
    {
        if (certificate.Version != Certificate.CurrentVersion)
        {
            throw Invalid($"The {what} has version {certificate.Version}; only {Certificate.CurrentVersion} is known.");
        }
    }

    private static void CheckValidity(Certificate certificate, string what, bool allowExpired, VerificationPolicy policy)
    {
        ulong now = policy.WireClock.Now;
        if (now < certificate.ValidFromSeconds && !policy.AllowNotYetValid)
        {
            throw new ChannelException(
                ChannelError.CertificateNotYetValid,
                $"The {what} is valid from {certificate.ValidFrom:u}; it is checked as of {UnixTime.ToDate(now):u}.");
        }

        if (now > certificate.ValidToSeconds && !allowExpired)
        {
            throw new ChannelException(
                ChannelError.CertificateExpired,
                $"The {what} expired on {certificate.ValidTo:u}; it is checked as of {UnixTime.ToDate(now):u}. Ask its issuer for a new one.");
        }
    }

    private static void CheckDenied(Certificate certificate, VerificationPolicy policy)
    {
        foreach (string serial in policy.DeniedSerials)
        {
            if (string.Equals(serial, certificate.SerialNumber, StringComparison.OrdinalIgnoreCase))
            {
                throw new ChannelException(ChannelError.CertificateDenied, $"The certificate {certificate.SerialNumber} is on the deny list.");
            }
        }
    }

    private static ChannelException Invalid(string message) => new(ChannelError.CertificateInvalid, message);
}
