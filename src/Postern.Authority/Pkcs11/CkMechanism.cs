using System.Runtime.InteropServices;

namespace Postern.Authority.Pkcs11;

/// <summary>CK_MECHANISM. Packed like <see cref="CkAttribute"/>.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct CkMechanism
{
    public CULong Mechanism;
    public nint Parameter;
    public CULong ParameterLength;
}
