namespace Postern.Conformance;

/// <summary>One form of vector file. <see cref="VectorKinds"/> lists them.</summary>
internal interface IVectorKind
{
    /// <summary>Tells by its content, not its name, whether a file is of this form. Must not throw.</summary>
    /// <returns>What the file is, or null if it is of another form.</returns>
    string? Recognise(VectorFile file);

    /// <summary>Checks everything in the file. An exception counts as a failure.</summary>
    void Run(VectorFile file, CheckList checks);
}
