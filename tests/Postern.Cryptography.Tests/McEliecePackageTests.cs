using System.Buffers.Binary;
using System.Text.Json;

namespace Postern.Cryptography.Tests;

/// <summary>
/// mceliece8192128 against the npm package mceliece 5.0.2 (PQClean's portable C as WebAssembly), both ways, with keys of either side.
/// </summary>
/// <remarks>
/// Compared: public keys, ciphertexts C0 ‖ C1, shared secrets, the secrets for damaged ciphertexts. Its form of all these is ours; later
/// forms of Classic McEliece have no C1. Not compared: how a key is made from a seed and how an error vector is drawn, for the package
/// takes its random bytes in another order; and the secret key as a file, for there it has s ‖ g ‖ control bits, which is turned into
/// ours and back by moving the parts. It has no other set.
/// </remarks>
public sealed class McEliecePackageTests(NobleOracle oracle) : IClassFixture<NobleOracle>
{
    private static readonly KemAlgorithm Kem = KemAlgorithm.McEliece8192128;
    private static readonly McElieceParameters Parameters = McElieceTests.ParametersOf(Kem.Name);

    [Fact]
    public void Keys_of_ours_serve_both_sides()
    {
        oracle.SkipIfMissing();
        byte[] publicKey = new byte[Kem.PublicKeySize];
        byte[] secretKey = new byte[Kem.SecretKeySize];
        Kem.GenerateKeyPair(new SeededRandomSource(21), publicKey, secretKey);
        AssertBothSidesAgree(publicKey, secretKey);
    }

    [Fact]
    public void Keys_of_the_package_serve_both_sides()
    {
        oracle.SkipIfMissing();

        // Seconds for each seed that the package tries: with these bytes the first one gives a key.
        JsonElement keys = oracle.Ask(new { op = "mceliece-keygen", random = "6b31" });
        AssertBothSidesAgree(keys.Bytes("publicKey"), OurForm(keys.Bytes("secretKey")));
    }

    private void AssertBothSidesAgree(byte[] publicKey, byte[] secretKey)
    {
        for (int i = 0; i < 3; i++)
        {
            // Theirs to us.
            JsonElement theirs = oracle.Ask(new { op = "mceliece-encaps", publicKey = Hex(publicKey), random = $"0{i}" });
            byte[] secret = new byte[Kem.SharedSecretSize];
            Assert.True(Kem.Decapsulate(secretKey, theirs.Bytes("ciphertext"), secret));
            Assert.Equal(theirs.Bytes("sharedSecret"), secret);

            // Ours to them.
            byte[] ciphertext = new byte[Kem.CiphertextSize];
            Assert.True(Kem.TryEncapsulate(new SeededRandomSource(i), publicKey, ciphertext, secret));
            Assert.Equal(secret, PackageDecapsulates(secretKey, ciphertext));

            // A bit of C0, a bit of C1.
            foreach (int at in (int[])[i, Kem.CiphertextSize - 1 - i])
            {
                byte[] damaged = [.. ciphertext];
                damaged[at] ^= (byte)(1 << i);
                Assert.False(Kem.Decapsulate(secretKey, damaged, secret));
                Assert.Equal(secret, PackageDecapsulates(secretKey, damaged));
            }
        }
    }

    private byte[] PackageDecapsulates(byte[] secretKey, byte[] ciphertext) =>
        oracle.Ask(new { op = "mceliece-decaps", secretKey = Hex(PackageForm(secretKey)), ciphertext = Hex(ciphertext) }).Bytes("sharedSecret");

    // s ‖ g ‖ control bits
    private static byte[] PackageForm(byte[] secretKey) =>
        [.. secretKey.AsSpan(Parameters.RejectionOffset), .. secretKey.AsSpan(McElieceParameters.GoppaOffset..Parameters.RejectionOffset)];

    // A seed that nobody knows, FF FF FF FF 00 00 00 00, g ‖ control bits ‖ s
    private static byte[] OurForm(byte[] secretKey)
    {
        byte[] ours = new byte[Kem.SecretKeySize];
        BinaryPrimitives.WriteUInt64LittleEndian(ours.AsSpan(McElieceParameters.SeedSize), uint.MaxValue);
        secretKey.AsSpan(Parameters.ErrorSize).CopyTo(ours.AsSpan(McElieceParameters.GoppaOffset));
        secretKey.AsSpan(0, Parameters.ErrorSize).CopyTo(ours.AsSpan(Parameters.RejectionOffset));
        return ours;
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
