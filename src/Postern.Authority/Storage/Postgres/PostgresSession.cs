using System.Data.Common;
using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace Postern.Authority.Storage;

/// <summary>Statements on a connection to PostgreSQL. No message of a server's has a password in it.</summary>
internal sealed class PostgresSession(string name, NpgsqlConnection connection) : SqlSession(name, connection)
{
    protected override InventoryException Translate(DbException exception) => exception is PostgresException answer
        ? Answered(answer)
        : new InventoryException(InventoryError.Storage, $"{Name}: {Unanswered(exception)}", exception);

    private InventoryException Answered(PostgresException answer) => answer.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword => Failed(answer, "the password is wrong, or there is no such user."),
        PostgresErrorCodes.InvalidAuthorizationSpecification => Failed(answer, $"the server lets this user not in: {answer.MessageText}"),
        PostgresErrorCodes.InvalidCatalogName => Failed(answer, "there is no such database: the server's administrator makes one."),
        PostgresErrorCodes.InsufficientPrivilege => Failed(answer, $"this user may not do that: {answer.MessageText}"),
        PostgresErrorCodes.LockNotAvailable => new InventoryException(InventoryError.Storage, $"{Name} is held by another process.", answer),
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted =>
            new InventoryException(InventoryError.Damaged, $"{Name} is damaged: {answer.MessageText}", answer),
        _ => Failed(answer, answer.MessageText),
    };

    private InventoryException Failed(PostgresException answer, string what) => new(InventoryError.Storage, $"{Name}: {what}", answer);

    private static string Unanswered(DbException exception) => exception.InnerException switch
    {
        SocketException socket => $"there is no connection: {socket.Message}",
        AuthenticationException tls => $"TLS failed, or the certificate is not for this host or of an unknown CA, which sslrootcert names: {tls.Message}",
        TimeoutException => "the server does not answer in time.",
        _ => exception.Message,
    };
}
