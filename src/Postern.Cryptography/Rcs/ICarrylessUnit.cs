namespace Postern.Cryptography;

/// <summary>The product of polynomials over GF(2).</summary>
internal interface ICarrylessUnit
{
    /// <summary>Bit i of a word is the coefficient of x^i; the product has 128 bits. In constant time.</summary>
    static abstract (ulong Low, ulong High) Multiply(ulong a, ulong b);
}
