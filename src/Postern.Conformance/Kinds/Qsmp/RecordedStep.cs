using Postern.Qsmp;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>One packet of a recorded handshake, and the fields that it is checked with. (QSMP §2, §3)</summary>
/// <param name="Name">In <c>handshake.packets</c>.</param>
/// <param name="Hash">The field with the hash that it signs; null if it signs none.</param>
/// <param name="SenderValue">The field with the transcript of its sender afterwards; null if that is no new one.</param>
/// <param name="ReceiverValue">As <paramref name="SenderValue"/>, of its receiver.</param>
/// <param name="Plaintext">The field with what is sealed in it; null if it is not sealed.</param>
internal sealed record RecordedStep(
    string Name, string? Hash = null, string? SenderValue = null, string? ReceiverValue = null, string? Plaintext = null)
{
    private static readonly RecordedStep[] Simplex =
    [
        new("connect_request", ReceiverValue: "sch1"),
        new("connect_response", "phash", "sch2", "sch3"), // The client goes on to its ciphertext at once.
        new("exchange_request", null, "sch3", "sch3"),
        new("exchange_response", Plaintext: "sch3"),
    ];

    private static readonly RecordedStep[] Duplex =
    [
        new("connect_request", "phash1", "sch2", "sch2"),
        new("connect_response", "phash2", "sch3", "sch3"),
        new("exchange_request", "phash3", "sch4", "sch4"),
        new("exchange_response", "phash4", "sch5", "sch5"),
        new("establish_request", null, "sch6", "sch6", "sch5"),
        new("establish_response", Plaintext: "hash_sch6"),
    ];

    /// <summary>The packets in their order, the initiator's first, then by turns.</summary>
    public static IReadOnlyList<RecordedStep> Of(QsmpMode mode) => mode == QsmpMode.Simplex ? Simplex : Duplex;
}
