using Microsoft.Data.Sqlite;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>A SQLite file as anyone may open it who can write to it.</summary>
internal static class RawDatabase
{
    /// <summary>Runs statements past every trigger, with no keys enforced.</summary>
    public static void Force(string path, string sql)
    {
        using SqliteConnection connection = Open(path);
        List<string> triggers = [];
        using (SqliteCommand list = Command(connection, "SELECT name FROM sqlite_schema WHERE type = 'trigger'"))
        {
            using SqliteDataReader reader = list.ExecuteReader();
            while (reader.Read()) triggers.Add(reader.GetString(0));
        }

        using SqliteCommand change = Command(connection, string.Concat(triggers.Select(trigger => $"DROP TRIGGER {trigger};")) + sql);
        Assert.True(change.ExecuteNonQuery() > 0, "Nothing was changed.");
    }

    /// <summary>Runs statements.</summary>
    public static void Execute(string path, string sql)
    {
        using SqliteConnection connection = Open(path);
        using SqliteCommand command = Command(connection, sql);
        command.ExecuteNonQuery();
    }

    private static SqliteConnection Open(string path)
    {
        SqliteConnectionStringBuilder builder = new() { DataSource = path, Pooling = false, ForeignKeys = false, RecursiveTriggers = true };
        SqliteConnection connection = new(builder.ConnectionString);
        connection.Open();
        return connection;
    }

#pragma warning disable CA2100 // The tests' own statements.
    private static SqliteCommand Command(SqliteConnection connection, string sql)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
#pragma warning restore CA2100
}
