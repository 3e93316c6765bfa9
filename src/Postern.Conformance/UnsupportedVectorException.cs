namespace Postern.Conformance;

/// <summary>A vector is for an algorithm that this build does not have.</summary>
internal sealed class UnsupportedVectorException(string message) : NotSupportedException(message);
