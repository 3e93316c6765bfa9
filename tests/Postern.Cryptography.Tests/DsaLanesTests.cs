namespace Postern.Cryptography.Tests;

/// <summary>Sampling side by side against sampling one polynomial after another, by every path that this machine has.</summary>
public sealed class DsaLanesTests
{
    private const int Size = DsaPolynomial.Size;

    public static TheoryData<string> Paths => DsaKernelTests.Paths;

    [Theory]
    [MemberData(nameof(Paths))]
    public void Matrices_secrets_and_masks_equal_those_sampled_one_by_one(string path)
    {
        DsaKernel kernel = DsaKernel.Create(Enum.Parse<DsaPath>(path));
        DsaLanes lanes = new();
        Random random = new(1);
        foreach (DsaParameters parameters in MLDsaTests.Sets.Select(row => MLDsaSamples.FindParameters(row.Data)))
        {
            for (int round = 0; round < 20; round++)
            {
                byte[] seed = MLKemTests.Bytes(random, DsaParameters.SeedSize);
                byte[] longSeed = MLKemTests.Bytes(random, DsaParameters.LongSeedSize);
                int nonce = random.Next(0x10000 - 20);
                int[] matrix = new int[parameters.Rows * parameters.Columns * Size];
                int[] secrets = new int[(parameters.Rows + parameters.Columns) * Size];
                int[] masks = new int[parameters.Columns * Size];
                kernel.ExpandMatrix(lanes, seed, parameters.Columns, matrix);
                kernel.ExpandSecrets(lanes, parameters.Eta, longSeed, nonce, secrets);
                kernel.ExpandMasks(lanes, parameters, longSeed, nonce, masks);

                int[] row = new int[parameters.Columns * Size];
                for (int i = 0; i < parameters.Rows; i++)
                {
                    DsaSampling.ExpandRow(seed, i, row);
                    Assert.Equal(row, matrix[(i * row.Length)..((i + 1) * row.Length)]);
                }

                int[] polynomial = new int[Size];
                for (int i = 0; i < parameters.Rows + parameters.Columns; i++)
                {
                    DsaSampling.ExpandSecret(parameters.Eta, longSeed, nonce + i, polynomial);
                    Assert.Equal(polynomial, secrets[(i * Size)..((i + 1) * Size)]);
                    if (i >= parameters.Columns) continue;
                    DsaSampling.ExpandMask(parameters, longSeed, nonce + i, polynomial);
                    Assert.Equal(polynomial, masks[(i * Size)..((i + 1) * Size)]);
                }
            }
        }
    }

    [Fact]
    public void A_cleared_workspace_keeps_nothing_of_what_was_sampled()
    {
        DsaWorkspace workspace = new(DsaParameters.MLDsa65.Columns);
        workspace.Lanes.ExpandMasks(DsaKernel.Fastest, DsaParameters.MLDsa65, new byte[DsaParameters.LongSeedSize], 0, workspace.Take(5));
        Assert.True(workspace.Lanes.Output.ContainsAnyExcept((byte)0));
        Assert.True(workspace.Lanes.States.ContainsAnyExcept(0UL));
        workspace.Clear();
        Assert.False(workspace.Lanes.Output.ContainsAnyExcept((byte)0));
        Assert.False(workspace.Lanes.States.ContainsAnyExcept(0UL));
    }

    // Blocks in which far more candidates are refused than a hash refuses, and polynomials full to every extent.
    [Theory]
    [MemberData(nameof(Paths))]
    public void Candidates_from_q_on_are_refused_wherever_they_are(string path)
    {
        DsaKernel kernel = DsaKernel.Create(Enum.Parse<DsaPath>(path));
        Random random = new(2);
        int[] edges = [0, DsaField.Q - 1, DsaField.Q, 0x7FFFFF, 0x800000, 0x800000 + DsaField.Q - 1, 0x800000 + DsaField.Q, 0xFFFFFF];
        for (int count = 0; count <= Size; count++)
        {
            byte[] block = MLKemTests.Bytes(random, DsaSampling.PaddedBlockSize);
            for (int i = 0; i < DsaSampling.BlockCandidates; i++)
            {
                if (random.Next(3) == 0) continue;
                BitConverter.GetBytes(edges[random.Next(edges.Length)]).AsSpan(0, 3).CopyTo(block.AsSpan(3 * i));
            }

            int[] expected = new int[Size];
            int[] polynomial = new int[Size];
            int expectedCount = DsaSampling.TakeUniform(block.AsSpan(0, DsaSampling.BlockSize), expected, count);
            Assert.Equal(expectedCount, kernel.TakeUniform(block, polynomial, count));
            Assert.Equal(expected[..expectedCount], polynomial[..expectedCount]);
        }
    }
}
