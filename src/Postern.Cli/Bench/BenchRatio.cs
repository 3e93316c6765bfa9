namespace Postern.Cli.Bench;

/// <summary>A ratio of two costs of the same rounds.</summary>
internal sealed record BenchRatio(double Median, double Least, double Most);
