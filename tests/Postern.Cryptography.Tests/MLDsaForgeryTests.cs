namespace Postern.Cryptography.Tests;

/// <summary>What a verifier must refuse: every changed bit, and every other way to write the same signature (FIPS 204 algorithms 8 and 21).</summary>
public sealed class MLDsaForgeryTests
{
    public static TheoryData<string> Sets => MLDsaTests.Sets;

    [Fact]
    public void A_changed_bit_anywhere_in_a_signature_is_refused()
    {
        SignatureAlgorithm algorithm = SignatureAlgorithm.MLDsa44;
        var (verificationKey, signingKey) = MLDsaSamples.KeyPair(algorithm, 1);
        byte[] message = [1, 2, 3, 4];
        byte[] signature = MLDsaSamples.SignDeterministically(algorithm, signingKey, message);
        Assert.Equal(signature.Length * 8, CountRefusedFlips(signature, 1, () => algorithm.Verify(verificationKey, message, signature)));
        Assert.True(algorithm.Verify(verificationKey, message, signature));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_changed_bit_in_message_key_or_signature_is_refused(string set)
    {
        SignatureAlgorithm algorithm = MLDsaSamples.Find(set);
        var (verificationKey, signingKey) = MLDsaSamples.KeyPair(algorithm, 2);
        byte[] message = new byte[64];
        byte[] signature = MLDsaSamples.SignDeterministically(algorithm, signingKey, message);
        bool Verify() => algorithm.Verify(verificationKey, message, signature);
        Assert.True(Verify());
        Assert.Equal(message.Length * 8, CountRefusedFlips(message, 1, Verify));
        Assert.Equal(((verificationKey.Length * 8) + 60) / 61, CountRefusedFlips(verificationKey, 61, Verify));
        Assert.Equal(((signature.Length * 8) + 60) / 61, CountRefusedFlips(signature, 61, Verify));
        Assert.True(Verify());
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Hint_positions_out_of_order_or_twice_are_refused(string set)
    {
        Forgery forgery = new(set);
        int row = forgery.RowWithHints(atLeast: 2);
        (int start, int end) = forgery.RowRange(row);

        byte[] swapped = [.. forgery.Signature];
        (swapped[forgery.HintStart + start], swapped[forgery.HintStart + start + 1]) =
            (swapped[forgery.HintStart + start + 1], swapped[forgery.HintStart + start]);
        Assert.False(forgery.Verify(swapped));
        Assert.False(forgery.IsWellFormed(swapped));

        byte[] doubled = [.. forgery.Signature];
        doubled[forgery.HintStart + end - 1] = doubled[forgery.HintStart + end - 2];
        Assert.False(forgery.Verify(doubled));
        Assert.False(forgery.IsWellFormed(doubled));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_hint_with_a_byte_behind_its_last_position_is_refused(string set)
    {
        Forgery forgery = new(set);
        (_, int used) = forgery.RowRange(forgery.Parameters.Rows - 1);
        Assert.True(used < forgery.Parameters.Omega);
        for (int i = used; i < forgery.Parameters.Omega; i++)
        {
            byte[] padded = [.. forgery.Signature];
            padded[forgery.HintStart + i] = 255;
            Assert.False(forgery.Verify(padded));
            Assert.False(forgery.IsWellFormed(padded));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Hint_ends_that_fall_or_exceed_omega_are_refused(string set)
    {
        Forgery forgery = new(set);
        int rows = forgery.Parameters.Rows;
        int ends = forgery.HintStart + forgery.Parameters.Omega;

        byte[] falling = [.. forgery.Signature];
        falling[ends + 1] = (byte)(falling[ends] - 1);
        Assert.False(forgery.Verify(falling));
        Assert.False(forgery.IsWellFormed(falling));

        foreach (int end in new[] { forgery.Parameters.Omega + 1, 255 })
        {
            byte[] tooMany = [.. forgery.Signature];
            tooMany[ends + rows - 1] = (byte)end;
            Assert.False(forgery.Verify(tooMany));
            Assert.False(forgery.IsWellFormed(tooMany));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_full_hint_and_an_empty_one_are_well_formed(string set)
    {
        DsaParameters parameters = MLDsaSamples.FindParameters(set);
        byte[] hint = new byte[parameters.HintSize];
        Assert.True(DsaHint.IsWellFormed(parameters, hint));
        for (int i = 0; i < parameters.Omega; i++)
        {
            hint[i] = (byte)i;
        }

        hint.AsSpan(parameters.Omega).Fill((byte)parameters.Omega);
        Assert.True(DsaHint.IsWellFormed(parameters, hint));
        Assert.Equal(parameters.Omega, DsaHint.Positions(parameters, hint, 0).Length);
        Assert.Equal(0, DsaHint.Positions(parameters, hint, parameters.Rows - 1).Length);
    }

    // Hints in which one rule alone is broken, so that no other check refuses them first.
    [Theory]
    [MemberData(nameof(Sets))]
    public void A_hint_whose_only_fault_is_an_end_is_malformed(string set)
    {
        DsaParameters parameters = MLDsaSamples.FindParameters(set);
        int omega = parameters.Omega;
        byte[] falling = new byte[parameters.HintSize];
        (falling[0], falling[1]) = (5, 6);
        falling.AsSpan(omega).Fill(2);
        Assert.True(DsaHint.IsWellFormed(parameters, falling));
        falling[omega + 1] = 1;
        Assert.False(DsaHint.IsWellFormed(parameters, falling));

        byte[] tooMany = new byte[parameters.HintSize];
        for (int i = 0; i < omega; i++)
        {
            tooMany[i] = (byte)i;
        }

        tooMany.AsSpan(omega).Fill((byte)omega);
        Assert.True(DsaHint.IsWellFormed(parameters, tooMany));
        tooMany[^1] = (byte)(omega + 1);
        Assert.False(DsaHint.IsWellFormed(parameters, tooMany));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void A_response_is_accepted_below_the_norm_bound_and_refused_from_it_on(string set)
    {
        SignatureAlgorithm algorithm = MLDsaSamples.Find(set);
        DsaParameters parameters = MLDsaSamples.FindParameters(set);
        byte[] message = [4, 5];
        var (verificationKey, signingKey) = MLDsaSamples.KeyPair(algorithm, 4);
        MLDsaLooseSigner signer = new(parameters, signingKey, message);
        int bound = parameters.Gamma1 - parameters.Beta;
        Assert.True(algorithm.Verify(verificationKey, message, signer.Sign(bound - 1, bound - 1)));
        Assert.False(algorithm.Verify(verificationKey, message, signer.Sign(bound, bound)));
        Assert.False(algorithm.Verify(verificationKey, message, signer.Sign(bound + 1, parameters.Gamma1)));
    }

    [Fact]
    public void The_norm_check_sees_either_sign_and_every_coefficient()
    {
        for (int i = 0; i < DsaPolynomial.Size; i++)
        {
            int[] polynomial = new int[DsaPolynomial.Size];
            foreach (int sign in new[] { 1, -1 })
            {
                polynomial[i] = sign * 99;
                Assert.False(DsaPolynomial.ReachesBound(polynomial, 100));
                polynomial[i] = sign * 100;
                Assert.True(DsaPolynomial.ReachesBound(polynomial, 100));
            }
        }
    }

    private static int CountRefusedFlips(byte[] bytes, int step, Func<bool> verify)
    {
        int refused = 0;
        for (int bit = 0; bit < bytes.Length * 8; bit += step)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            if (!verify()) refused++;
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        return refused;
    }

    /// <summary>A valid signature and where its hint lies.</summary>
    private sealed class Forgery
    {
        private readonly SignatureAlgorithm _algorithm;
        private readonly byte[] _verificationKey;
        private readonly byte[] _message = [9, 9, 9];

        public Forgery(string set)
        {
            _algorithm = MLDsaSamples.Find(set);
            Parameters = MLDsaSamples.FindParameters(set);
            (_verificationKey, byte[] signingKey) = MLDsaSamples.KeyPair(_algorithm, 3);
            Signature = MLDsaSamples.SignDeterministically(_algorithm, signingKey, _message);
            HintStart = Signature.Length - Parameters.HintSize;
            Assert.True(Verify(Signature));
        }

        public DsaParameters Parameters { get; }

        public byte[] Signature { get; }

        public int HintStart { get; }

        public bool Verify(byte[] signature) => _algorithm.Verify(_verificationKey, _message, signature);

        public bool IsWellFormed(byte[] signature) => DsaHint.IsWellFormed(Parameters, signature.AsSpan(HintStart));

        public (int Start, int End) RowRange(int row)
        {
            int ends = HintStart + Parameters.Omega;
            return (row == 0 ? 0 : Signature[ends + row - 1], Signature[ends + row]);
        }

        public int RowWithHints(int atLeast) => Enumerable.Range(0, Parameters.Rows).First(row =>
        {
            (int start, int end) = RowRange(row);
            return end - start >= atLeast;
        });
    }
}
