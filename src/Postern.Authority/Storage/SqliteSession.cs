using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Postern.Authority.Storage;

/// <summary>Statements on one connection, with the errors translated.</summary>
internal sealed class SqliteSession(string name, SqliteConnection connection)
{
    /// <summary>Runs statements; returns how many rows changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using SqliteCommand command = Command(sql, parameters);
        return SqliteErrors.Translate(name, () => Run(command));
    }

    public long ReadNumber(string sql)
    {
        using SqliteCommand command = Command(sql, []);
        return Convert.ToInt64(SqliteErrors.Translate(name, command.ExecuteScalar), CultureInfo.InvariantCulture);
    }

    /// <summary>Reads rows one after the other.</summary>
    public IEnumerable<T> Read<T>(string sql, Func<SqliteDataReader, T> map, params IReadOnlyList<(string Name, object? Value)> parameters)
    {
        using SqliteCommand command = Command(sql, [.. parameters]);
        using SqliteDataReader reader = SqliteErrors.Translate(name, command.ExecuteReader);
        while (SqliteErrors.Translate(name, reader.Read)) yield return SqliteErrors.Translate(name, () => map(reader));
    }

    // To the end: ExecuteNonQuery is silent about errors behind a statement that has rows, as some ALTER TABLE do.
    private static int Run(SqliteCommand command)
    {
        using SqliteDataReader reader = command.ExecuteReader();
        do
        {
            while (reader.Read())
            {
            }
        }
        while (reader.NextResult());
        return reader.RecordsAffected;
    }

#pragma warning disable CA2100 // Every statement is a constant; what comes from outside is a parameter.
    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string parameter, object? value) in parameters) command.Parameters.AddWithValue(parameter, value ?? DBNull.Value);
        return command;
    }
#pragma warning restore CA2100
}
