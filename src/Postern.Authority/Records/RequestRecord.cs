using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.Authority.Records;

/// <summary>
/// What a server asked for. Its dates are those of the server's key file, which no renewal prolongs. Its key is in every certificate made
/// from it.
/// </summary>
/// <param name="Serial">The serial that request, key file and certificates share.</param>
/// <param name="ValidFrom">Start of the key's validity.</param>
/// <param name="ValidTo">End of the key's validity.</param>
/// <param name="Hash">The hash of the unsigned certificate: over all of its fields. 32 bytes. (QSTP §5.2)</param>
internal sealed record RequestRecord(string Serial, DateTimeOffset ValidFrom, DateTimeOffset ValidTo, ReadOnlyMemory<byte> Hash)
{
    /// <summary>The record of a request.</summary>
    /// <exception cref="InventoryException">Its dates do not exist: no record could say them, and the log would never verify again.</exception>
    public static RequestRecord Of(ServerCertificate request)
    {
        if (request.ValidFromSeconds <= UnixTime.LastSecond && request.ValidToSeconds <= UnixTime.LastSecond)
        {
            return new(request.SerialNumber, request.ValidFrom, request.ValidTo, HashOf(request, request.ValidFromSeconds, request.ValidToSeconds));
        }

        throw new InventoryException(InventoryError.RequestRefused, $"The request {request.SerialNumber} has dates that do not exist.");
    }

    /// <summary>Tells whether <paramref name="certificate"/> was made from this request.</summary>
    public bool IsOf(ServerCertificate certificate) =>
        HashOf(certificate, UnixTime.ToSeconds(ValidFrom), UnixTime.ToSeconds(ValidTo)).AsSpan().SequenceEqual(Hash.Span);

    // A request that was signed before counts as it was before that.
    private static byte[] HashOf(ServerCertificate certificate, ulong from, ulong to) =>
        certificate.ForRoot(new byte[certificate.RootSerial.Length], from, to).ComputeHash();
}
