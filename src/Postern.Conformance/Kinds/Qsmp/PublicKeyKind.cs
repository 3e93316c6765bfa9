using Postern.Qsmp;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>A public key file. (QSMP §1.14)</summary>
internal sealed class PublicKeyKind : IVectorKind
{
    public const string Extension = ".qpkey";

    public string? Recognise(VectorFile file) => file.HasExtension(Extension) ? "qsmp public key" : null;

    public void Run(VectorFile file, CheckList checks)
    {
        checks.Check("file", () => Expect.Equal("written again", file.Bytes, QsmpPublicKey.Parse(file.Bytes).ToBytes()));
    }
}
