using Postern.Qsmp;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>A case in which our side rightly answers otherwise than the reference did.</summary>
/// <param name="Mode">The mode.</param>
/// <param name="Name">The case.</param>
/// <param name="Recorded">What the reference answered; null for nothing.</param>
/// <param name="PacketsBefore">Packets that our side sends before its error packet.</param>
/// <param name="Ours">What our side answers.</param>
internal sealed record FailureDifference(QsmpMode Mode, string Name, QsmpErrorCode? Recorded, int PacketsBefore, QsmpErrorCode Ours)
{
    private static readonly FailureDifference[] All =
    [
        // The key lookup of the recorded listener accepted every identity; ours knows its own. (§3.2, §4.1)
        new(QsmpMode.Duplex, "unknown key identity", QsmpErrorCode.AuthenticationFailed, 0, QsmpErrorCode.KeyUnrecognized),
        new(
            QsmpMode.Duplex,
            "connect request: key identity replaced by zeros, signature valid",
            QsmpErrorCode.DecryptionFailed,
            0,
            QsmpErrorCode.KeyUnrecognized),

        // The reference waits for the rest of a packet of the size that it expects; ours reads the header and understands. (§1.10)
        new(QsmpMode.Simplex, "22-byte error packet in place of the exchange request", null, 1, QsmpErrorCode.ReceiveFailed),
        new(QsmpMode.Simplex, "22-byte error packet 0x0F, connection left open", null, 1, QsmpErrorCode.ReceiveFailed),
        new(QsmpMode.Duplex, "22-byte error packet 0x0F, connection left open", null, 1, QsmpErrorCode.ReceiveFailed),
    ];

    public static FailureDifference? Find(QsmpMode mode, FailureCase item)
    {
        FailureDifference? found = All.FirstOrDefault(difference => difference.Mode == mode && difference.Name == item.Name);
        if (found is not null) Expect.True("the recorded answer is not the one that ours differs from", found.Recorded == (QsmpErrorCode?)item.Code);
        return found;
    }
}
