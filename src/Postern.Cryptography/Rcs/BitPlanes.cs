using System.Runtime.CompilerServices;

namespace Postern.Cryptography;

/// <summary>Bytes turned into eight planes: plane i holds bit i, the lowest first, of every byte.</summary>
[InlineArray(Count)]
internal struct BitPlanes<TWord>
    where TWord : unmanaged, IBitWord<TWord>
{
    public const int Count = 8;

    private TWord _plane0;
}
