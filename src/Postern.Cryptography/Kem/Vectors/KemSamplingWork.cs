namespace Postern.Cryptography;

/// <summary>What <see cref="KemVectorSampling{TVector}"/> does at once. The default value is no work.</summary>
internal ref struct KemSamplingWork
{
    /// <summary>A hash in the first state.</summary>
    public KemLaneHash FirstHash;

    /// <summary>A hash in the second state, if there is one in the first.</summary>
    public KemLaneHash SecondHash;

    /// <summary>Rank of the matrix, zero for none.</summary>
    public int K { get; init; }

    /// <summary>ρ.</summary>
    public ReadOnlySpan<byte> MatrixSeed { get; init; }

    /// <summary>Whether the matrix is transposed.</summary>
    public bool Transposed { get; init; }

    /// <summary>The matrix row by row, with <see cref="KemCore.MatrixSlack"/> behind it.</summary>
    public Span<short> Matrix { get; init; }

    /// <summary>The seed of the noise.</summary>
    public ReadOnlySpan<byte> NoiseSeed { get; init; }

    /// <summary>The counter of the first polynomial of noise.</summary>
    public int NoiseCounter { get; init; }

    /// <summary>Width of the noise.</summary>
    public int NoiseWidth { get; init; }

    /// <summary>The vector of noise, empty for none.</summary>
    public Span<short> Noise { get; init; }

    /// <summary>Entries of the matrix.</summary>
    public readonly int Entries => K * K;

    /// <summary>Polynomials in all: first the entries of the matrix, then the noise.</summary>
    public readonly int Polynomials => Entries + (Noise.Length / KemPolynomial.Length);

    /// <summary>Hashes in the first states.</summary>
    public readonly int Hashes => SecondHash.IsRunning ? 2 : FirstHash.IsRunning ? 1 : 0;
}
