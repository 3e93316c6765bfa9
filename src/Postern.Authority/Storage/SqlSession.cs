using System.Data.Common;
using System.Globalization;

namespace Postern.Authority.Storage;

/// <summary>Statements on one connection, with the errors translated.</summary>
internal abstract class SqlSession(string name, DbConnection connection)
{
    /// <summary>What the store is in messages.</summary>
    public string Name { get; } = name;

    public void Attempt(Action access) => Attempt(() =>
    {
        access();
        return true;
    });

    /// <summary>Does something with the connection.</summary>
    /// <exception cref="InventoryException">The database reports an error.</exception>
    public T Attempt<T>(Func<T> access)
    {
        try
        {
            return access();
        }
        catch (DbException exception)
        {
            throw Translate(exception);
        }
    }

    /// <summary>Runs statements; returns how many rows changed.</summary>
    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using DbCommand command = Command(sql, parameters);
        return Attempt(() => Run(command));
    }

    public long ReadNumber(string sql)
    {
        using DbCommand command = Command(sql, []);
        return Convert.ToInt64(Attempt(command.ExecuteScalar), CultureInfo.InvariantCulture);
    }

    /// <summary>Reads rows one after the other; one such reading at a time.</summary>
    public IEnumerable<T> Read<T>(string sql, Func<DbDataReader, T> map, params IReadOnlyList<(string Name, object? Value)> parameters)
    {
        using DbCommand command = Command(sql, [.. parameters]);
        using DbDataReader reader = Attempt(command.ExecuteReader);
        while (Attempt(reader.Read)) yield return Attempt(() => map(reader));
    }

    /// <summary>The one place where the database's errors become the inventory's.</summary>
    protected abstract InventoryException Translate(DbException exception);

    // To the end: ExecuteNonQuery of SQLite is silent about errors behind a statement that has rows, as some ALTER TABLE do.
    private static int Run(DbCommand command)
    {
        using DbDataReader reader = command.ExecuteReader();
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
    private DbCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach ((string parameter, object? value) in parameters)
        {
            DbParameter added = command.CreateParameter();
            added.ParameterName = parameter;
            added.Value = value ?? DBNull.Value;
            command.Parameters.Add(added);
        }

        return command;
    }
#pragma warning restore CA2100
}
