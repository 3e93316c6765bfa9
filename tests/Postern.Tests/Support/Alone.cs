namespace Postern.Tests.Support;

/// <summary>Tests that measure the process: nothing runs beside them.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;
