using System.Text.Json;
using Postern.Conformance.Replay;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Qstp;
using Postern.Qstp.Certificates;

namespace Postern.Conformance.Kinds.Qstp;

/// <summary>
/// What the reference server answers to bad or borderline clients; its certificates stand beside it. Our server, over a stream, must
/// answer the same. (QSTP §6.6, §6.7)
/// </summary>
internal sealed class ServerRepliesKind : IVectorKind
{
    public string? Recognise(VectorFile file) =>
        file.Json.FirstOf("cases").HasAll("client_bytes", "server_reply", "server_then") ? "qstp server replies" : null;

    public void Run(VectorFile file, CheckList checks)
    {
        using CertificateFolder folder = CertificateFolder.Beside(file);
        CertificateChain chain = FindChain(file.Json, folder);
        int index = 0;
        foreach (JsonElement item in file.Json.Items("cases"))
        {
            string name = item.Has("name") ? item.Text("name") : "";
            checks.Check($"cases[{index++}] {name}", () => Check(item, chain));
        }
    }

    // The certificate that a client of some case asks for: its serial comes first in a connect request.
    private static CertificateChain FindChain(JsonElement json, CertificateFolder folder)
    {
        List<byte[]> requests = [.. json.Items("cases").Select(item => item.ByteStrings("client_bytes").FirstOrDefault() ?? [])];
        return folder.Chains.FirstOrDefault(chain => requests.Any(request =>
                request.Length >= PacketHeader.Size && request.AsSpan(PacketHeader.Size).StartsWith(chain.Server.Serial)))
            ?? throw new FormatException("no chain of root, server certificate and key that a client asks for stands beside this file");
    }

    private static void Check(JsonElement item, CertificateChain chain)
    {
        byte[] reply = item.Bytes("server_reply");
        PacketHeader header = PacketHeader.Read(reply);
        bool isError = header.Flag == QstpProtocol.ErrorFlag;
        if (isError) Expect.Equal("reply_error_code", item.Number("reply_error_code"), reply[^1]);

        RecordedClock clock = new(header.Time);
        using ServerIdentity identity = CreateIdentity(chain, clock, isError ? reply[^1] : null);
        using ServerReplay replay = new(identity, clock, item.ByteStrings("client_bytes"));
        replay.Run();

        int offset = 0;
        if (item.Has("connect_response_received_first"))
        {
            byte[] response = item.Bytes("connect_response_received_first");
            offset = Math.Min(response.Length, replay.Output.Length);
            CheckConnectResponse(chain, response, replay.Output[..offset]);
        }

        if (item.Text("server_then") == "EOF")
        {
            Expect.Equal("server_reply", reply, replay.Output.AsSpan(offset));
            return;
        }

        CheckConnectResponse(chain, reply, replay.OutputBeforeEnd[offset..]);
    }

    // That a case ran with an expired key shows in nothing but its answer.
    private static ServerIdentity CreateIdentity(CertificateChain chain, RecordedClock clock, byte? code) =>
        code == (byte)QstpErrorCode.Expired ? chain.CreateIdentity(clock, clock.Wire.Now - 1) : chain.CreateIdentity(clock);

    // The reference's ephemeral key and ours are random: our client must accept both responses, and the headers must be alike.
    private static void CheckConnectResponse(CertificateChain chain, byte[] recorded, byte[] ours)
    {
        PacketHeader header = PacketHeader.Read(recorded);
        Expect.Equal("header of the connect response", header with { Time = 0 }, PacketHeader.Read(ours) with { Time = 0 });
        foreach (byte[] response in (ReadOnlySpan<byte[]>)[recorded, ours])
        {
            RecordedClock clock = new(PacketHeader.Read(response).Time);
            using QstpClientHandshake client = new(chain.Verify(clock), clock.Wire, RandomSource.System);
            client.Write(new byte[client.PacketSize]);
            Expect.Equal("size of the connect response", client.PacketSize, response.Length);
            client.Read(response);
        }
    }
}
