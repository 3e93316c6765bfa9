namespace Postern.Cryptography;

/// <summary>Pinned memory for the round keys of one cipher, of <see cref="RoundKeyPool"/>.</summary>
internal sealed class RoundKeys(int size)
{
    /// <summary>A cipher that is never erased goes with its round keys: then they are lent no more.</summary>
#pragma warning disable MA0055 // Only counts, and touches nothing that may be in use still; without it the pool would stay short for ever.
    ~RoundKeys()
#pragma warning restore MA0055
    {
        if (IsLent) RoundKeyPool.Forget();
    }

    /// <summary>The round keys.</summary>
    public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(size, pinned: true);

    /// <summary>A cipher has them. Only the pool sets it.</summary>
    public bool IsLent { get; set; }
}
