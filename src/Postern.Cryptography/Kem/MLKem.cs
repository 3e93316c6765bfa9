namespace Postern.Cryptography;

internal static class MLKem
{
    public static KemAlgorithm MLKem512 => throw new NotSupportedException();

    public static KemAlgorithm MLKem768 => throw new NotSupportedException();

    public static KemAlgorithm MLKem1024 => throw new NotSupportedException();
}
