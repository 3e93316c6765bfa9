using Postern.Channels;
using Postern.Cryptography;
using Postern.Packets;
using Postern.Qsmp;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>
/// The signed packets among the reference's answers, checked by themselves: in some cases ours cannot be, or rightly are not, the same.
/// (QSMP §2.2, §3.1 to §3.3)
/// </summary>
internal static class SignedAnswers
{
    public static void Check(FailureCase item, RecordedPeers peers)
    {
        foreach (byte[] packet in item.Answers)
        {
            bool isSigned = packet[0] switch
            {
                QsmpProtocol.ConnectResponseFlag => true,
                QsmpProtocol.ConnectRequestFlag or QsmpProtocol.ExchangeRequestFlag or QsmpProtocol.ExchangeResponseFlag => peers.Mode == QsmpMode.Duplex,
                _ => false,
            };
            if (isSigned) Check(packet, peers, item.TestsResponder ? peers.Responder : peers.Initiator);
        }
    }

    // H(header || what is not the attached signature), which comes first in a connect response and last in all others.
    private static void Check(ReadOnlySpan<byte> packet, RecordedPeers peers, QsmpPrivateKey signer)
    {
        SignatureAlgorithm algorithm = peers.Suite.Signature;
        int attachedSize = algorithm.SignatureSize + peers.HashSize;
        ReadOnlySpan<byte> body = packet[PacketHeader.Size..];
        bool isFirst = packet[0] == QsmpProtocol.ConnectResponseFlag;
        ReadOnlySpan<byte> attached = isFirst ? body[..attachedSize] : body[^attachedSize..];
        byte[] hash = new byte[peers.HashSize];
        Transcript.Hash(hash, packet[..PacketHeader.Size], isFirst ? body[attachedSize..] : body[..^attachedSize]);
        Expect.Equal("signed hash of an answer", attached[algorithm.SignatureSize..], hash);
        Expect.True(
            "the signature of an answer does not verify", algorithm.Verify(signer.VerificationKey, hash, attached[..algorithm.SignatureSize]));
    }
}
