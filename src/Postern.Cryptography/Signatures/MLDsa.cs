namespace Postern.Cryptography;

internal static class MLDsa
{
    public static SignatureAlgorithm MLDsa44 => throw new NotSupportedException();

    public static SignatureAlgorithm MLDsa65 => throw new NotSupportedException();

    public static SignatureAlgorithm MLDsa87 => throw new NotSupportedException();
}
