namespace Postern.Cryptography;

/// <summary>A machine word of one or more 64-bit lanes, for bit-sliced code that is written once for all widths.</summary>
internal interface IBitWord<TSelf>
    where TSelf : unmanaged, IBitWord<TSelf>
{
    /// <summary>Number of 64-bit lanes.</summary>
    static abstract int Lanes { get; }

    /// <summary>The same value in every lane.</summary>
    static abstract TSelf Broadcast(ulong value);

    static abstract TSelf operator ^(TSelf left, TSelf right);

    static abstract TSelf operator &(TSelf left, TSelf right);

    static abstract TSelf operator |(TSelf left, TSelf right);

    /// <summary>Shifts every lane by itself.</summary>
    static abstract TSelf operator <<(TSelf value, int count);

    /// <summary>Shifts every lane by itself, zeros from above.</summary>
    static abstract TSelf operator >>>(TSelf value, int count);

    /// <summary>sum ^ (left &amp; right), in one instruction where there is one.</summary>
    static abstract TSelf AddProduct(TSelf sum, TSelf left, TSelf right);

    /// <summary>XOR of all bits: 0 or 1.</summary>
    static abstract uint Parity(TSelf value);
}
