namespace Postern.Conformance;

/// <summary>Comparisons of what the product computes with what a vector says.</summary>
internal static class Expect
{
    private const int ShownBytes = 8;

    /// <summary>The bytes must be the vector's.</summary>
    /// <exception cref="InvalidDataException">They differ.</exception>
    public static void Equal(string what, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
    {
        if (expected.Length != actual.Length)
        {
            throw new InvalidDataException($"{what}: {actual.Length} bytes here, {expected.Length} in the vector");
        }

        int at = expected.CommonPrefixLength(actual);
        if (at == expected.Length) return;
        throw new InvalidDataException($"{what}: from byte {at} on {Show(actual[at..])} here, {Show(expected[at..])} in the vector");
    }

    /// <summary>The value must be the vector's.</summary>
    /// <exception cref="InvalidDataException">They differ.</exception>
    public static void Equal<T>(string what, T expected, T actual)
        where T : IEquatable<T>
    {
        if (!expected.Equals(actual)) throw new InvalidDataException($"{what}: '{actual}' here, '{expected}' in the vector");
    }

    /// <summary>The condition must hold.</summary>
    /// <exception cref="InvalidDataException">It does not; the message is <paramref name="otherwise"/>.</exception>
    public static void True(string otherwise, bool condition)
    {
        if (!condition) throw new InvalidDataException(otherwise);
    }

    private static string Show(ReadOnlySpan<byte> bytes) =>
        bytes.Length <= ShownBytes ? Convert.ToHexStringLower(bytes) : Convert.ToHexStringLower(bytes[..ShownBytes]) + "…";
}
