using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace Postern.Cryptography.Tests;

/// <summary>
/// SPHINCS+-SHAKE256-robust as the submission to NIST's third round has it, in the plainest code: checks that a signature is the one that
/// its signing key, randomness and message give. Nodes of authentication paths are not made; they are right if they lead to the root.
/// </summary>
internal sealed class SphincsRound3Model(int n, int layers, int treeHeight, int forestHeight, int forestTrees)
{
    private byte[] _secretSeed = [];
    private byte[] _publicSeed = [];
    private byte[] _rest = [];

    public void AssertSigned(byte[] signingKey, byte[] randomness, byte[] message, byte[] signature)
    {
        _secretSeed = signingKey[..n];
        _publicSeed = signingKey[(2 * n)..(3 * n)];
        _rest = signature;
        byte[] randomizer = Shake(n, signingKey[n..(2 * n)], randomness, message);
        Assert.Equal(randomizer, Take());

        int treeBits = treeHeight * (layers - 1);
        int forestBytes = Bytes(forestHeight * forestTrees);
        int treeBytes = Bytes(treeBits);
        byte[] digest = Shake(forestBytes + treeBytes + Bytes(treeHeight), randomizer, signingKey[(2 * n)..], message);
        BigInteger indices = new(digest.AsSpan(0, forestBytes), isUnsigned: true);
        BigInteger tree = new BigInteger(digest.AsSpan(forestBytes, treeBytes), isUnsigned: true, isBigEndian: true) % (BigInteger.One << treeBits);
        BigInteger leaf = new BigInteger(digest.AsSpan(forestBytes + treeBytes), isUnsigned: true, isBigEndian: true) % (1 << treeHeight);

        byte[] node = ForestKey((ulong)tree, (uint)leaf, indices);
        for (int layer = 0; layer < layers; layer++)
        {
            node = OneTimeKey(layer, (ulong)tree, (uint)leaf, node);
            node = Climb(node, treeHeight, (uint)leaf, (level, index) => Address(layer, (ulong)tree, 2, 0, level, index));
            leaf = tree % (1 << treeHeight);
            tree >>= treeHeight;
        }

        Assert.Equal(signingKey[(3 * n)..], node);
        Assert.Empty(_rest);
    }

    private byte[] ForestKey(ulong tree, uint keyPair, BigInteger indices)
    {
        byte[] roots = [];
        for (int i = 0; i < forestTrees; i++)
        {
            uint index = (uint)((i << forestHeight) + (int)((indices >> (i * forestHeight)) % (1 << forestHeight)));
            byte[] secret = Shake(n, _secretSeed, Address(0, tree, 3, keyPair, 0, index));
            Assert.Equal(secret, Take());
            byte[] leaf = Hash(Address(0, tree, 3, keyPair, 0, index), secret);
            roots = [.. roots, .. Climb(leaf, forestHeight, index, (level, at) => Address(0, tree, 3, keyPair, level, at))];
        }

        return Hash(Address(0, tree, 4, keyPair, 0, 0), roots);
    }

    private byte[] OneTimeKey(int layer, ulong tree, uint keyPair, byte[] message)
    {
        string digits = Convert.ToHexString(message);
        int checksum = digits.Sum(digit => 15 - Value(digit));
        digits += checksum.ToString("X3", CultureInfo.InvariantCulture);
        byte[] tips = [];
        for (int chain = 0; chain < digits.Length; chain++)
        {
            byte[] value = Shake(n, _secretSeed, Address(layer, tree, 0, keyPair, chain, 0));
            for (uint step = 0; step < 15; step++)
            {
                if (step == Value(digits[chain])) Assert.Equal(value, Take());
                value = Hash(Address(layer, tree, 0, keyPair, chain, step), value);
            }

            if (digits[chain] == 'F') Assert.Equal(value, Take());
            tips = [.. tips, .. value];
        }

        return Hash(Address(layer, tree, 1, keyPair, 0, 0), tips);

        static int Value(char digit) => Convert.ToInt32(digit.ToString(), 16);
    }

    private byte[] Climb(byte[] node, int height, uint index, Func<int, uint, byte[]> address)
    {
        for (int level = 1; level <= height; level++)
        {
            byte[] sibling = Take();
            byte[] pair = index % 2 == 0 ? [.. node, .. sibling] : [.. sibling, .. node];
            index /= 2;
            node = Hash(address(level, index), pair);
        }

        return node;
    }

    // F, H and T.
    private byte[] Hash(byte[] address, byte[] message)
    {
        byte[] mask = Shake(message.Length, _publicSeed, address);
        return Shake(n, _publicSeed, address, [.. message.Zip(mask, (left, right) => (byte)(left ^ right))]);
    }

    private byte[] Take()
    {
        byte[] node = _rest[..n];
        _rest = _rest[n..];
        return node;
    }

    private static byte[] Address(int layer, ulong tree, int type, uint keyPair, int high, uint low)
    {
        byte[] address = new byte[32];
        BinaryPrimitives.WriteInt32BigEndian(address, layer);
        BinaryPrimitives.WriteUInt64BigEndian(address.AsSpan(8), tree);
        BinaryPrimitives.WriteInt32BigEndian(address.AsSpan(16), type);
        BinaryPrimitives.WriteUInt32BigEndian(address.AsSpan(20), keyPair);
        BinaryPrimitives.WriteInt32BigEndian(address.AsSpan(24), high);
        BinaryPrimitives.WriteUInt32BigEndian(address.AsSpan(28), low);
        return address;
    }

    private static byte[] Shake(int size, params byte[][] parts)
    {
        byte[] digest = new byte[size];
        KeccakSponge sponge = KeccakSponge.Shake256();
        foreach (byte[] part in parts) sponge.Absorb(part);
        sponge.Squeeze(digest);
        return digest;
    }

    private static int Bytes(int bits) => (bits + 7) / 8;
}
