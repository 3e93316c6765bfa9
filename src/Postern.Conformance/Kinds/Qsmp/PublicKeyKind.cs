using System.Text;
using Postern.Qsmp;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>A public key file. (QSMP §1.14)</summary>
internal sealed class PublicKeyKind : IVectorKind
{
    public const string Extension = ".qpkey";

    private const string ConfigurationLabel = "Configuration: ";

    public string? Recognise(VectorFile file) => file.HasExtension(Extension) ? "qsmp public key" : null;

    public void Run(VectorFile file, CheckList checks)
    {
        string? line = Encoding.Latin1.GetString(file.Bytes).Split('\n').ElementAtOrDefault(2);
        if (line is not null && line.StartsWith(ConfigurationLabel, StringComparison.Ordinal)) UnsupportedSet.ThrowIfNamed(line[ConfigurationLabel.Length..]);
        checks.Check("file", () => Expect.Equal("written again", file.Bytes, QsmpPublicKey.Parse(file.Bytes).ToBytes()));
    }
}
