using System.Buffers.Binary;

namespace Postern.Cryptography.Tests;

/// <summary>What only somebody who knows the secret key can make, or only one seed in a hundred: the rules behind the common case.</summary>
public sealed class McElieceSupportTests
{
    [Fact]
    public void A_location_outside_the_code_is_no_error_of_it()
    {
        // t-1 errors of the code and one at a field element that no column belongs to: the decoder finds them all, and e without the
        // last has the hash in the ciphertext.
        McElieceParameters set = McEliece.Sets[0];
        byte[] publicKey = new byte[set.PublicKeySize];
        byte[] secretKey = new byte[set.SecretKeySize];
        KemAlgorithm.McEliece348864.GenerateKeyPair(new SeededRandomSource(64), publicKey, secretKey);
        byte[] error = McElieceModel.Error(set, set.T - 1, new Random(64));
        byte[] c0 = McElieceModel.Syndrome(set, publicKey, error);
        byte[] column = ColumnOf(set, secretKey, set.N + 5);
        for (int i = 0; i < c0.Length; i++) c0[i] ^= column[i];

        foreach (McEliecePath path in McElieceModel.Paths)
        {
            byte[] found = new byte[set.ErrorSize];
            Assert.Equal(0u, McElieceCore.For(set.M, path).Decode(set, secretKey, c0, found));
            Assert.Equal(error, found);
            byte[] secret = new byte[32];
            byte[] ciphertext = [.. c0, .. McElieceModel.Hash(2, error)];
            Assert.False(McEliece.With(set, path).Decapsulate(secretKey, ciphertext, secret));
            Assert.Equal(McElieceModel.Hash(0, secretKey[^set.ErrorSize..], ciphertext), secret);
        }
    }

    [Fact]
    public void A_vector_of_the_right_weight_and_hash_is_rejected_if_it_has_another_syndrome()
    {
        // With t-1 errors the decoder's polynomial of degree t has the root 0 as well, whose place then counts as an error.
        McElieceParameters set = McEliece.Sets[0];
        byte[] publicKey = new byte[set.PublicKeySize];
        byte[] secretKey = new byte[set.SecretKeySize];
        KemAlgorithm.McEliece348864.GenerateKeyPair(new SeededRandomSource(65), publicKey, secretKey);
        int zero = Array.IndexOf(SupportOf(set, secretKey), (ushort)0);
        Assert.InRange(zero, 0, set.N - 1);
        byte[] error = McElieceModel.Error(set, set.T - 1, new Random(65));
        Assert.Equal(0, McElieceModel.Bit(error, zero));
        byte[] c0 = McElieceModel.Syndrome(set, publicKey, error);
        error[zero / 8] |= (byte)(1 << (zero % 8));

        foreach (McEliecePath path in McElieceModel.Paths)
        {
            byte[] found = new byte[set.ErrorSize];
            Assert.Equal(0u, McElieceCore.For(set.M, path).Decode(set, secretKey, c0, found));
            Assert.Equal(error, found);
            byte[] ciphertext = [.. c0, .. McElieceModel.Hash(2, error)];
            Assert.False(McEliece.With(set, path).Decapsulate(secretKey, ciphertext, new byte[32]));
        }
    }

    [Theory]
    [InlineData(135)]
    [InlineData(235)]
    public void A_repeat_among_the_numbers_that_order_the_field_leads_to_the_next_seed(byte first)
    {
        // Seeds whose round would succeed if the repeat were overlooked.
        McElieceParameters set = McEliece.Sets[0];
        byte[] seed = [first, .. new byte[31]];
        byte[] expanded = new byte[set.ErrorSize + (4 * set.FieldSize) + (2 * set.T) + 32];
        Sha3.Shake256((byte[])[64, .. seed], expanded);
        uint[] numbers =
        [
            .. Enumerable.Range(0, set.FieldSize).Select(i => BinaryPrimitives.ReadUInt32LittleEndian(expanded.AsSpan(set.ErrorSize + (4 * i)))),
        ];
        Assert.Equal(set.FieldSize - 1, numbers.Distinct().Count());

        byte[] secretKey = SecretKeyOf(seed);
        Assert.NotEqual(seed, secretKey[..32]);
        Assert.Equal(SecretKeyOf(expanded[^32..]), secretKey);

        static byte[] SecretKeyOf(byte[] seed)
        {
            byte[] secretKey = new byte[KemAlgorithm.McEliece348864.SecretKeySize];
            byte[] publicKey = new byte[KemAlgorithm.McEliece348864.PublicKeySize];
            KemAlgorithm.McEliece348864.GenerateKeyPair(new ScriptedRandomSource(seed), publicKey, secretKey);
            return secretKey;
        }
    }

    // The column that the systematic parity matrix would have for place i of all field elements.
    private static byte[] ColumnOf(McElieceParameters set, byte[] secretKey, int place)
    {
        const int Stride = 8;
        ushort[] support = SupportOf(set, secretKey);
        ushort[] goppa =
        [
            .. Enumerable.Range(0, set.T).Select(i => BinaryPrimitives.ReadUInt16LittleEndian(secretKey.AsSpan(McElieceParameters.GoppaOffset + (2 * i)))),
        ];
        int leftStride = 2 * Stride;
        ulong[] left = new ulong[set.Rows * leftStride];
        ulong[] right = new ulong[set.Rows * Stride];
        ulong[] repairs = new ulong[set.Rows];
        ulong[] scratch = new ulong[ParityMatrix<BitSlicedField12, BitWord64>.ScratchWords];
        ParityMatrix<BitSlicedField12, BitWord64>.Fill(support.AsSpan(0, set.Rows), goppa, left, leftStride, scratch);
        ParityMatrix<BitSlicedField12, BitWord64>.Fill(support.AsSpan(place, 1), goppa, right, Stride, scratch);
        Assert.True(Elimination<BitWord64>.TryReduce(left, set.Rows, leftStride, repairs, new ulong[leftStride]));
        Elimination<BitWord64>.Replay(
            left, leftStride, repairs, set.Rows, right, Stride, new ulong[Elimination<BitWord64>.ReplayScratch(Stride)]);
        byte[] column = new byte[set.SyndromeSize];
        for (int row = 0; row < set.Rows; row++)
        {
            column[row / 8] |= (byte)((int)(right[row * Stride] & 1) << (row % 8));
        }

        return column;
    }

    // The network takes the field elements in their natural order to the order of the code, bit by bit.
    private static ushort[] SupportOf(McElieceParameters set, byte[] secretKey)
    {
        ulong[] controls = new ulong[set.ControlSize / 8];
        BenesNetwork<BitWord64>.ReadControls(secretKey.AsSpan(set.ControlOffset, set.ControlSize), controls);
        ushort[] support = new ushort[set.FieldSize];
        for (int p = 0; p < set.M; p++)
        {
            ulong[] bits = new ulong[set.FieldSize / 64];
            for (int i = 0; i < set.FieldSize; i++)
            {
                bits[i / 64] |= (ulong)((McElieceModel.Reverse(set.M, (uint)i) >> p) & 1) << (i % 64);
            }

            BenesNetwork<BitWord64>.Apply(controls, bits);
            for (int i = 0; i < set.FieldSize; i++)
            {
                support[i] |= (ushort)(((bits[i / 64] >> (i % 64)) & 1) << p);
            }
        }

        return support;
    }
}
