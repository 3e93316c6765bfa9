namespace Postern.Cli.Configuration;

/// <summary>A place in a configuration file, both numbers from 1 on.</summary>
internal readonly record struct ConfigurationPlace(string File, int Line, int Column)
{
    public override string ToString() => $"{File}:{Line}:{Column}";

    /// <summary>Something is wrong there.</summary>
    public CommandException Wrong(string reason) => new(ExitCode.Usage, $"{this}: {reason}");
}
