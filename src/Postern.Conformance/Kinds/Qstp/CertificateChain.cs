using Postern.Qstp.Certificates;

namespace Postern.Conformance.Kinds.Qstp;

/// <summary>A root, a server certificate that it signed, and the server's key file.</summary>
internal sealed record CertificateChain(RootCertificate Root, ServerCertificate Server, byte[] KeyFile)
{
    private const int TailSize = 10;

    public VerifiedServer Verify(TimeProvider clock) => Root.Verify(Server, new VerificationPolicy { Clock = clock });

    public ServerIdentity CreateIdentity(TimeProvider clock) => CreateIdentity(KeyFile, clock);

    /// <summary>The identity with a key file whose valid-to, the field before algorithm and version, is another one. (QSTP §5.4)</summary>
    public ServerIdentity CreateIdentity(TimeProvider clock, ulong keyValidTo)
    {
        byte[] keyFile = [.. KeyFile];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(keyFile.AsSpan(keyFile.Length - TailSize), keyValidTo);
        return CreateIdentity(keyFile, clock);
    }

    private ServerIdentity CreateIdentity(byte[] keyFile, TimeProvider clock) =>
        ServerIdentity.Create(Root, Server, ServerKey.Parse(keyFile), new VerificationPolicy { Clock = clock });
}
