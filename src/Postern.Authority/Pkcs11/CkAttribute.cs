using System.Runtime.InteropServices;

namespace Postern.Authority.Pkcs11;

/// <summary>CK_ATTRIBUTE. Packed for Windows, where CK_ULONG has 32 bits; elsewhere there is nothing to pack.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct CkAttribute
{
    public CULong Type;
    public nint Value;
    public CULong ValueLength;
}
