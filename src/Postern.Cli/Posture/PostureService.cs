namespace Postern.Cli.Posture;

/// <summary>A command that stays, as its command line and configuration have it. Its properties are the JSON form.</summary>
internal sealed record PostureService
{
    /// <summary>The command line, or the file and the tunnel's name in it.</summary>
    public required string Origin { get; init; }

    /// <summary>Such as <c>expose</c>.</summary>
    public required string Command { get; init; }

    /// <summary>qstp, simplex or duplex; null where the command says it.</summary>
    public string? Protocol { get; init; }

    /// <summary>Servers only: how it knows who its clients are.</summary>
    public PostureAuthentication? ClientAuthentication { get; init; }

    /// <summary>It goes by a revocation list.</summary>
    public required bool ChecksRevocation { get; init; }

    /// <summary>Options that give up a protection, and are on.</summary>
    public required IReadOnlyList<string> Unsafe { get; init; }

    public required IReadOnlyList<PostureSetting> Settings { get; init; }
}
