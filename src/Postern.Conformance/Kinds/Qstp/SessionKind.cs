using System.Text.Json;
using Postern.Channels;
using Postern.Conformance.Replay;
using Postern.Qstp;

namespace Postern.Conformance.Kinds.Qstp;

/// <summary>A recorded connection: its certificates stand beside it. Both our sides replay it from the recorded randomness. (QSTP §6 to §11)</summary>
internal sealed class SessionKind : IVectorKind
{
    public string? Recognise(VectorFile file) =>
        file.Json.HasAll("configuration", "certificates", "handshake", "secrets", "derived", "messages")
        && file.Json.GetProperty("handshake").HasAll("connect_request", "connect_response", "exchange_request", "exchange_response")
            ? "qstp session"
            : null;

    public void Run(VectorFile file, CheckList checks)
    {
        JsonElement session = file.Json;
        string configuration = session.Text("configuration");
        Suite suite = QstpSuites.FromName(configuration) ?? throw new FormatException($"no set has the name '{configuration}'");

        using CertificateFolder folder = CertificateFolder.Beside(file);
        CertificateChain chain = FindChain(session.Field("certificates"), folder);
        checks.Check("configuration", () => Expect.Equal("set of the certificates", configuration, chain.Server.Suite.Name));
        checks.Check("secrets", () => SessionSecrets.Check(session, suite));

        RecordedClock clock = new(0);
        using HandshakeReplay handshake = new(session, chain, clock);
        if (!handshake.Run(checks)) return;
        using SealedChannel client = new(handshake.TakeClientKeys(), clock.Wire);
        using SealedChannel server = new(handshake.TakeServerKeys(), clock.Wire);
        using MessageReplay messages = new(session, client, server, clock);
        messages.Run(checks);
    }

    private static CertificateChain FindChain(JsonElement certificates, CertificateFolder folder)
    {
        byte[] rootHash = certificates.Bytes("root_certificate_hash");
        byte[] serverHash = certificates.Bytes("server_certificate_hash");
        return folder.Chains.FirstOrDefault(chain =>
                chain.Root.ComputeHash().AsSpan().SequenceEqual(rootHash) && chain.Server.ComputeHash().AsSpan().SequenceEqual(serverHash))
            ?? throw new FormatException("the certificates with these hashes, and the server's key, do not stand beside this file");
    }
}
