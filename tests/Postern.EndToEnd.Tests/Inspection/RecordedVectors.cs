using System.Text.Json;
using Postern.Qsmp;

namespace Postern.EndToEnd.Tests.Inspection;

/// <summary>Sessions of the reference, from tests/Vectors.</summary>
internal static class RecordedVectors
{
    private static readonly string[] Handshake = ["connect_request", "connect_response", "exchange_request", "exchange_response", "establish_request", "establish_response"];

    /// <summary>All packets of a session in their order.</summary>
    public static IReadOnlyList<RecordedPacket> Read(string path)
    {
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
        bool isQstp = !json.RootElement.TryGetProperty("mode", out _);
        JsonElement handshake = json.RootElement.GetProperty("handshake");
        if (!isQstp) handshake = handshake.GetProperty("packets");
        List<RecordedPacket> packets = [];
        for (int index = 0; index < Handshake.Length; index++)
        {
            if (handshake.TryGetProperty(Handshake[index], out JsonElement packet)) packets.Add(new RecordedPacket(index % 2 == 1, Convert.FromHexString(packet.GetString()!)));
        }

        foreach (JsonElement entry in json.RootElement.GetProperty(isQstp ? "messages" : "packets").EnumerateArray())
        {
            RecordedPacket packet = new(entry.GetProperty("dir").GetString() is "s2c" or "S>C", Convert.FromHexString(entry.GetProperty("packet").GetString()!));
            // QSMP's files have sealed handshake packets in both lists.
            if (packet.Header.Flag is not (QsmpProtocol.ExchangeResponseFlag or QsmpProtocol.EstablishRequestFlag or QsmpProtocol.EstablishResponseFlag)) packets.Add(packet);
        }

        return packets;
    }
}
