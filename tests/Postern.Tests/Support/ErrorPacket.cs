using System.Buffers.Binary;

namespace Postern.Tests.Support;

/// <summary>The 22-byte packet of QSTP §6.7 and QSMP §1.12, written out by hand.</summary>
internal static class ErrorPacket
{
    public static byte[] Of(byte code, TimeProvider clock, byte flag = 0x13)
    {
        byte[] packet = [flag, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, code];
        BinaryPrimitives.WriteInt64LittleEndian(packet.AsSpan(13), clock.GetUtcNow().ToUnixTimeSeconds());
        return packet;
    }
}
