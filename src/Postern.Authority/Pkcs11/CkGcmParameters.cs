using System.Runtime.InteropServices;

namespace Postern.Authority.Pkcs11;

/// <summary>CK_GCM_PARAMS. Packed like <see cref="CkAttribute"/>.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct CkGcmParameters
{
    public nint Nonce;
    public CULong NonceLength;
    public CULong NonceBits;
    public nint AssociatedData;
    public CULong AssociatedDataLength;
    public CULong TagBits;
}
