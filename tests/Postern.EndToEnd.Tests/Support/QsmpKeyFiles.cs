namespace Postern.EndToEnd.Tests.Support;

/// <summary>Key files of the reference.</summary>
internal static class QsmpKeyFiles
{
    public const string Sender1Identity = "746644902bddbf945c67eb346a49b6cf";

    public static string Server1Public { get; } = Of("qsms", "dk1_server.qpkey");

    public static string Server1Private { get; } = Of("qsms", "dk1_server.qskey");

    public static string Sender1Public { get; } = Of("qsmd", "dk1_sender.qpkey");

    public static string Sender3Public { get; } = Of("qsmd", "dk3_sender.qpkey");

    public static string McElieceServerPrivate { get; } = Of("qsms", "dm1_server.qskey");

    private static string Of(string mode, string name) => Path.Combine(AppContext.BaseDirectory, "Vectors", mode, "keys", name);
}
