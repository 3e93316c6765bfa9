using System.Buffers.Binary;
using System.Text;

namespace Postern.Authority.Pkcs11;

/// <summary>A token that is in a slot, as CK_TOKEN_INFO has it.</summary>
/// <param name="Slot">The slot's number.</param>
/// <param name="Label">Its label, without the blanks that fill it up.</param>
/// <param name="Serial">Its serial number, in the same form.</param>
/// <param name="Flags">What state it is in.</param>
internal sealed record Token(nuint Slot, string Label, string Serial, uint Flags)
{
    /// <summary>Room for CK_TOKEN_INFO of every platform.</summary>
    public const int InfoSize = 256;

    private const int LabelSize = 32;
    private const int SerialOffset = 80;
    private const int SerialSize = 16;
    private const int FlagsOffset = SerialOffset + SerialSize;
    private const uint Initialized = 0x400;
    private const uint FinalTry = 0x20000;
    private const uint PinLocked = 0x40000;

    public bool IsInitialized => (Flags & Initialized) != 0;

    /// <summary>The next wrong PIN locks it.</summary>
    public bool IsFinalTry => (Flags & FinalTry) != 0;

    public bool IsLocked => (Flags & PinLocked) != 0;

    public static Token Parse(nuint slot, ReadOnlySpan<byte> info) => new(
        slot,
        Text(info[..LabelSize]),
        Text(info.Slice(SerialOffset, SerialSize)),
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(info[FlagsOffset..]) : (uint)BinaryPrimitives.ReadUInt64BigEndian(info[FlagsOffset..]));

    // Filled up with blanks by the standard, and with zeros by some modules.
    private static string Text(ReadOnlySpan<byte> field) => Encoding.UTF8.GetString(field).TrimEnd('\0', ' ');
}
