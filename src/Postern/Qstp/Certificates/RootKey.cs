using Postern.Cryptography;
using Postern.Packets;
using Postern.Storage;

namespace Postern.Qstp.Certificates;

/// <summary>The root's signing key. (QSTP §5.3)</summary>
public sealed class RootKey : SigningKeyFile
{
    /// <summary>Longest validity of a new root: the reference names no limit; ten years, as far as anyone should plan.</summary>
    public const int MaxValidityDays = 3660;

    private const int FixedSize = Certificate.IssuerSize + QstpProtocol.SerialSize + 18;

    private RootKey(KeyFields fields)
        : base(fields)
    {
    }

    /// <summary>Makes a new root key, valid from now on.</summary>
    /// <param name="suite">The configuration set of the root and of every certificate it signs.</param>
    /// <param name="issuer">Its name, 1 to 32 printable ASCII characters.</param>
    /// <param name="validity">1 to 3660 days.</param>
    /// <param name="clock">The clock; the system's if null.</param>
    public static RootKey Generate(Suite suite, string issuer, TimeSpan validity, TimeProvider? clock = null) =>
        Generate(suite, issuer, validity, clock ?? TimeProvider.System, RandomSource.System);

    /// <summary>Reads the binary file form; set and size must agree exactly.</summary>
    /// <exception cref="FormatException">The bytes are no root key of a known set.</exception>
    public static RootKey Parse(ReadOnlySpan<byte> data)
    {
        foreach (Suite suite in QstpSuites.All)
        {
            if (data.Length == SizeOf(suite) && data[^2] == suite.Id) return Parse(suite, data);
        }

        throw FileKind.Explain("root key", data, SizeOf);
    }

    /// <summary>The certificate of this key, signed by itself.</summary>
    public RootCertificate CreateCertificate() => CreateCertificate(RandomSource.System);

    /// <summary>
    /// Signs a server's certificate: takes over this root's serial and, if the certificate would outlive the root, the root's end of
    /// validity. (QSTP §5.8)
    /// </summary>
    /// <param name="request">The unsigned certificate.</param>
    /// <param name="validity">Validity from now on; null keeps the request's own dates.</param>
    /// <param name="clock">The clock; the system's if null.</param>
    /// <exception cref="ArgumentException">The request is of another set or version, or its dates make no sense.</exception>
    public ServerCertificate SignCertificate(ServerCertificate request, TimeSpan? validity = null, TimeProvider? clock = null) =>
        SignCertificate(request, validity, clock ?? TimeProvider.System, RandomSource.System);

    /// <summary>Signs a revocation list.</summary>
    /// <param name="number">Above that of every list before: whoever has seen a number takes no lower one.</param>
    /// <param name="entries">All revoked serials, each once, in any order; at most <see cref="RevocationList.MaxEntries"/>.</param>
    /// <param name="issuedAt">The list's date.</param>
    /// <param name="nextUpdate">By when the next one will be there; after <paramref name="issuedAt"/>.</param>
    /// <exception cref="ArgumentException">A value is outside what a list can say, or a serial is there twice.</exception>
    public RevocationList SignRevocations(long number, IEnumerable<RevocationEntry> entries, DateTimeOffset issuedAt, DateTimeOffset nextUpdate) =>
        SignRevocations(number, entries, issuedAt, nextUpdate, RandomSource.System);

    /// <summary>Says that another root follows this one: who trusts this one can take it from there.</summary>
    /// <param name="successor">The new root's certificate.</param>
    /// <param name="clock">The clock of the statement's date; the system's if null.</param>
    /// <exception cref="ArgumentException">It is this root itself.</exception>
    public RootTransition SignTransition(RootCertificate successor, TimeProvider? clock = null) =>
        SignTransition(successor, (clock ?? TimeProvider.System).GetUtcNow(), RandomSource.System);

    /// <inheritdoc/>
    public override SecretBytes ToSecretBytes()
    {
        SecretBytes data = new(SizeOf(Suite));
        WireWriter writer = new(data.Span);
        writer.Bytes(IssuerField);
        WriteTail(ref writer);
        writer.ExpectEnd();
        return data;
    }

    internal static int SizeOf(Suite suite) => suite.Signature.SigningKeySize + suite.Signature.VerificationKeySize + FixedSize;

    internal static RootKey Generate(Suite suite, string issuer, TimeSpan validity, TimeProvider clock, RandomSource random) =>
        new(KeyFields.Generate(suite, issuer, validity, MaxValidityDays, clock, random));

    internal RootCertificate CreateCertificate(RandomSource random)
    {
        RootCertificate unsigned = RootCertificate.Create(Suite, UnsignedFields);
        byte[] hash = unsigned.ComputeHash();
        byte[] signature = new byte[Suite.Signature.SignatureSize];
        Sign(random, hash, signature);
        return unsigned.WithSignature(signature, hash);
    }

    internal ServerCertificate SignCertificate(ServerCertificate request, TimeSpan? validity, TimeProvider clock, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Suite != Suite) throw new ArgumentException($"The request is for {request.Suite}, this root for {Suite}.", nameof(request));
        if (request.Version != Certificate.CurrentVersion)
        {
            throw new ArgumentException($"The request has version {request.Version}; only 1 is known.", nameof(request));
        }

        (ulong from, ulong to) = validity is { } span
            ? Validity(span, clock, ServerKey.MaxValidityDays)
            : (request.ValidFromSeconds, request.ValidToSeconds);
        to = Math.Min(to, ValidToSeconds);
        if (from >= to || to < UnixTime.ToSeconds(clock.GetUtcNow()))
        {
            throw new ArgumentException(
                $"The certificate would be valid from {UnixTime.ToDate(from):u} to {UnixTime.ToDate(to):u}: that is no validity.", nameof(request));
        }

        ServerCertificate certificate = request.ForRoot(Serial, from, to);
        byte[] hash = certificate.ComputeHash();
        byte[] signature = new byte[Suite.Signature.SignatureSize];
        Sign(random, hash, signature);
        return certificate.WithSignature(signature, hash);
    }

    internal RevocationList SignRevocations(
        long number, IEnumerable<RevocationEntry> entries, DateTimeOffset issuedAt, DateTimeOffset nextUpdate, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(entries);
        byte[] body = RevocationListBody.Write(Suite, Serial, number, entries, issuedAt, nextUpdate);
        byte[] signature = new byte[Suite.Signature.SignatureSize];
        Sign(random, body, signature);
        return RevocationList.Create(body, signature);
    }

    internal RootTransition SignTransition(RootCertificate successor, DateTimeOffset issuedAt, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(successor);
        if (successor.Serial.SequenceEqual(Serial)) throw new ArgumentException("A root does not follow itself.", nameof(successor));
        byte[] body = RootTransition.WriteBody(Suite, Serial, issuedAt, successor);
        byte[] signature = new byte[Suite.Signature.SignatureSize];
        Sign(random, body, signature);
        return RootTransition.Create(body, signature);
    }

    private static RootKey Parse(Suite suite, ReadOnlySpan<byte> data)
    {
        WireReader reader = new(data);
        ReadOnlySpan<byte> issuer = reader.Bytes(Certificate.IssuerSize);
        return new RootKey(KeyFields.Read(suite, issuer, ref reader));
    }
}
