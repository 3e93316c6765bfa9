using System.Buffers.Binary;
using System.Diagnostics;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// One direction of the RCS authenticated stream cipher (primitives §5): the round keys, the counter, the MAC state and the number of
/// bytes so far. Packets must be opened in the order in which they were sealed, since every tag covers all packets before it. One
/// instance either seals or opens. Not thread-safe.
/// </summary>
public sealed class RcsCipher : IDisposable
{
    // §5.4: a counter's 32 bytes, the length's 8, and an initial 1.
    private const ulong LengthOffset = 41;

    private readonly RcsParameters _parameters;

    // Key, MAC state, counter: one pinned array, so that the garbage collector leaves no copies.
    private readonly byte[] _secrets;
    private readonly RijndaelPath _path;

    // Pinned as well. Null while the state rests: they follow from the key.
    private RoundKeys? _roundKeys;
    private Status _status;
    private ulong _messageBytes;

    /// <summary>A fresh state. Erasing <paramref name="key"/> stays with the caller.</summary>
    /// <exception cref="ArgumentException">The key or the nonce has another size than <paramref name="parameters"/> name.</exception>
    public RcsCipher(RcsParameters parameters, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce)
        : this(parameters, key, nonce, [], RijndaelCounterMode.Fastest)
    {
    }

    /// <summary>As the public one, with the key schedule's info (empty in the protocols) and a chosen implementation.</summary>
    internal RcsCipher(
        RcsParameters parameters, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> info, RijndaelPath path)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        CheckSize(parameters, key.Length, parameters.KeySize, nameof(key));
        CheckSize(parameters, nonce.Length, parameters.NonceSize, nameof(nonce));
        _parameters = parameters;
        _path = path;
        CanRest = info.IsEmpty;
        int size = parameters.KeySize + parameters.MacStateSize + parameters.NonceSize;
        _secrets = GC.AllocateUninitializedArray<byte>(size, pinned: true);
        key.CopyTo(Key);

        Span<byte> macKey = stackalloc byte[parameters.MacKeySize];
        _roundKeys = RoundKeyPool.Rent(parameters.RoundKeysSize);
        RcsKeySchedule.Derive(parameters, key, info, _roundKeys.Bytes, macKey);
        RcsMacMessage.Start(parameters, macKey, nonce, MacState);
        CryptographicOperations.ZeroMemory(macKey);
        nonce.CopyTo(Counter);
    }

    private enum Status : byte
    {
        Usable,
        Failed,
        Disposed,
    }

    /// <summary>Size of the tag in bytes, by which a sealed message is longer than its plaintext.</summary>
    public int TagSize => _parameters.TagSize;

    /// <summary>Sizes and options.</summary>
    internal RcsParameters Parameters => _parameters;

    /// <summary>The counter of the next block.</summary>
    internal Span<byte> Counter => _secrets.AsSpan(_parameters.KeySize + _parameters.MacStateSize);

    /// <summary>All that must be erased besides <see cref="RoundKeys"/>: the key, the MAC state and the counter.</summary>
    internal ReadOnlySpan<byte> Secrets => _secrets;

    /// <summary>The round keys; empty while the state rests.</summary>
    internal ReadOnlySpan<byte> RoundKeys => _roundKeys is null ? [] : _roundKeys.Bytes;

    /// <summary>The round keys can be made again: only the protocols' key schedule, without info, is.</summary>
    internal bool CanRest { get; }

    /// <summary>The MAC's state between two packets.</summary>
    internal Span<byte> MacState => _secrets.AsSpan(_parameters.KeySize, _parameters.MacStateSize);

    private Span<byte> Key => _secrets.AsSpan(0, _parameters.KeySize);

    // A processor with AES instructions has the carry-less product as well; the other paths do without both.
    private bool HasCarrylessMultiply => _path is RijndaelPath.X86Aes or RijndaelPath.X86Gfni && X86CarrylessUnit.IsSupported;

    /// <summary>
    /// Encrypts <paramref name="plaintext"/> and authenticates it together with <paramref name="associatedData"/>. Empty associated
    /// data counts as none.
    /// </summary>
    /// <param name="associatedData">What the tag covers besides the message, at most 2^31 - 1 bytes.</param>
    /// <param name="plaintext">The message; may be empty.</param>
    /// <param name="sealedMessage">
    /// Gets the ciphertext, then the tag: <see cref="TagSize"/> bytes more than the plaintext. It may start exactly where the
    /// plaintext does.
    /// </param>
    /// <exception cref="ArgumentException">A size does not fit, or the buffers overlap in another way.</exception>
    /// <exception cref="InvalidOperationException">This state failed to open a message.</exception>
    /// <exception cref="ObjectDisposedException">The state was erased.</exception>
    public void Seal(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> plaintext, Span<byte> sealedMessage)
    {
        CheckSeal(plaintext, sealedMessage);
        Span<byte> ciphertext = sealedMessage[..plaintext.Length];
        RcsMacMessage mac = new(_parameters, MacState, HasCarrylessMultiply);
        AbsorbPrefix(ref mac, associatedData);
        Transform(plaintext, ciphertext);
        Finish(ref mac, ciphertext, LengthAfter(0), sealedMessage[plaintext.Length..]);
    }

    /// <summary>
    /// Checks the tag and only then decrypts. False is final: nothing is written, the keys are erased, and every later call returns
    /// false, for the undamaged original too (primitives §5.6).
    /// </summary>
    /// <param name="associatedData">What the sender gave as such.</param>
    /// <param name="sealedMessage">The ciphertext, then the tag. One that is shorter than a tag fails.</param>
    /// <param name="plaintext">
    /// Gets the message: <see cref="TagSize"/> bytes less than the sealed message. It may start exactly where that does.
    /// </param>
    /// <returns>Whether the message is genuine.</returns>
    /// <exception cref="ArgumentException">The plaintext's size does not fit, or the buffers overlap in another way.</exception>
    /// <exception cref="ObjectDisposedException">The state was erased.</exception>
    public bool TryOpen(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> sealedMessage, Span<byte> plaintext)
    {
        if (TryOpenTentatively(associatedData, sealedMessage, plaintext)) return true;
        Fail();
        return false;
    }

    /// <summary>
    /// As <see cref="TryOpen"/>, but a message that is not genuine leaves the state exactly as it was. For the moment at which a
    /// message may be under this key or under another one.
    /// </summary>
    internal bool TryOpenTentatively(ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> sealedMessage, Span<byte> plaintext)
    {
        if (!CanOpen(sealedMessage, plaintext)) return false;
        ReadOnlySpan<byte> ciphertext = sealedMessage[..plaintext.Length];
        Span<byte> tag = stackalloc byte[RcsParameters.MaxTagSize];
        tag = tag[..TagSize];
        Span<byte> macState = stackalloc byte[RcsParameters.MaxMacStateSize];
        macState = macState[.._parameters.MacStateSize];
        MacState.CopyTo(macState);
        RcsMacMessage mac = new(_parameters, macState, HasCarrylessMultiply);
        AbsorbPrefix(ref mac, associatedData);
        Finish(ref mac, ciphertext, LengthAfter(ciphertext.Length), tag);
        bool genuine = CryptographicOperations.FixedTimeEquals(tag, sealedMessage[ciphertext.Length..]);
        if (genuine)
        {
            macState.CopyTo(MacState);
            Transform(ciphertext, plaintext);
        }

        CryptographicOperations.ZeroMemory(macState);
        CryptographicOperations.ZeroMemory(tag);
        return genuine;
    }

    /// <summary>What <see cref="Seal"/> throws, before anything is changed.</summary>
    internal void CheckSeal(ReadOnlySpan<byte> plaintext, ReadOnlySpan<byte> sealedMessage)
    {
        ObjectDisposedException.ThrowIf(_status == Status.Disposed, this);
        if (_status == Status.Failed) throw new InvalidOperationException("A message failed to open; this state is dead.");
        CheckSize(_parameters, sealedMessage.Length, plaintext.Length + TagSize, nameof(sealedMessage));
        CheckOverlap(plaintext, sealedMessage, nameof(sealedMessage));
    }

    /// <summary>What <see cref="TryOpen"/> throws, and false for what it refuses without looking at the tag.</summary>
    internal bool CanOpen(ReadOnlySpan<byte> sealedMessage, ReadOnlySpan<byte> plaintext)
    {
        ObjectDisposedException.ThrowIf(_status == Status.Disposed, this);
        if (_status == Status.Failed || sealedMessage.Length < TagSize) return false;
        CheckSize(_parameters, plaintext.Length, sealedMessage.Length - TagSize, nameof(plaintext));
        CheckOverlap(sealedMessage, plaintext, nameof(plaintext));
        return true;
    }

    /// <summary>Encrypts or decrypts, and counts the bytes. What is decrypted must be genuine.</summary>
    internal void Transform(ReadOnlySpan<byte> input, Span<byte> output)
    {
        _messageBytes += (ulong)input.Length;
        RijndaelCounterMode.Xor(_path, ExpandKey(), Counter, input, output);
    }

    /// <summary>The value that ends a packet's part of the MAC when its message has <paramref name="size"/> bytes (§5.4, step 5).</summary>
    internal ulong LengthAfter(int size) => LengthOffset + _messageBytes + (ulong)size;

    /// <summary>Ends the use of this state after a message that is not genuine.</summary>
    internal void Fail() => Erase(Status.Failed);

    /// <summary>Gives the round keys back, three quarters of the memory, until the next message: that makes them again, which takes a microsecond or two.</summary>
    internal void Rest()
    {
        if (CanRest) ReturnRoundKeys();
    }

    /// <summary>Erases the keys and the state. Safe to call again.</summary>
    public void Dispose() => Erase(Status.Disposed);

    // §5.4, steps 1 and 3: [A || LE32(len A)] || n.
    private void AbsorbPrefix(ref RcsMacMessage mac, ReadOnlySpan<byte> associatedData)
    {
        if (!associatedData.IsEmpty)
        {
            Span<byte> length = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(length, (uint)associatedData.Length);
            mac.Absorb(associatedData);
            mac.Absorb(length);
        }

        mac.Absorb(Counter);
    }

    // §5.4, steps 4 to 6: C || LE64(41 + T).
    private static void Finish(ref RcsMacMessage mac, ReadOnlySpan<byte> ciphertext, ulong lengthAfter, Span<byte> tag)
    {
        mac.Absorb(ciphertext);
        if (mac.CoversLength)
        {
            Span<byte> length = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(length, lengthAfter);
            mac.Absorb(length);
        }

        mac.Finish(tag);
    }

    private static void CheckSize(RcsParameters parameters, int actual, int expected, string parameter)
    {
        if (actual != expected) throw new ArgumentException($"{parameters.Name} needs {expected} bytes here, not {actual}.", parameter);
    }

    private static void CheckOverlap(ReadOnlySpan<byte> input, ReadOnlySpan<byte> output, string parameter)
    {
        if (input.Overlaps(output, out int offset) && offset != 0)
        {
            throw new ArgumentException("The buffers overlap without starting at the same byte.", parameter);
        }
    }

    private ReadOnlySpan<byte> ExpandKey()
    {
        if (_roundKeys is not null) return _roundKeys.Bytes;
        RoundKeys roundKeys = RoundKeyPool.Rent(_parameters.RoundKeysSize);
        Span<byte> macKey = stackalloc byte[_parameters.MacKeySize];
        RcsKeySchedule.Derive(_parameters, Key, [], roundKeys.Bytes, macKey);
        CryptographicOperations.ZeroMemory(macKey);
        _roundKeys = roundKeys;
        return roundKeys.Bytes;
    }

    private void ReturnRoundKeys()
    {
        // Once, even if two threads dispose at the same moment: given back twice, two ciphers would get the same memory.
        if (Interlocked.Exchange(ref _roundKeys, null) is { } roundKeys) RoundKeyPool.Return(roundKeys);
    }

    private void Erase(Status status)
    {
        Debug.Assert(status != Status.Usable, "Erased is not usable.");
        CryptographicOperations.ZeroMemory(_secrets);
        ReturnRoundKeys();
        _status = status;
    }
}
