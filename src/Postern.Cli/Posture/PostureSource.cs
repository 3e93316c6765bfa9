namespace Postern.Cli.Posture;

/// <summary>Where a setting is from.</summary>
internal enum PostureSource
{
    /// <summary>Nobody gave it.</summary>
    Default = 1,

    /// <summary>The command line, or the object of a tunnel in the file of <c>postern run</c>.</summary>
    Given,

    /// <summary>The environment, or the file of <c>--config</c>.</summary>
    Configured,
}
