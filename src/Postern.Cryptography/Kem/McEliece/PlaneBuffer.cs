using System.Runtime.CompilerServices;

namespace Postern.Cryptography;

/// <summary>Room for the planes of one group of field elements, of either field.</summary>
[InlineArray(Length)]
internal struct PlaneBuffer<TWord>
    where TWord : unmanaged, IBitWord<TWord>
{
    public const int Length = 13;

    private TWord _first;
}
