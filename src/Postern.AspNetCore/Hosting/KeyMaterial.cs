using System.Security.Cryptography;
using Postern.Cryptography;
using Postern.Qsmp;
using Postern.Qstp.Certificates;
using Postern.Storage;

namespace Postern.AspNetCore.Hosting;

/// <summary>Reads the files that settings name.</summary>
internal static class KeyMaterial
{
    /// <summary>The path that a setting must have.</summary>
    /// <exception cref="FormatException">It has none.</exception>
    public static string Required(string path, string setting) => path.Length > 0 ? path : throw new FormatException($"{setting} is missing.");

    /// <summary>Whom a listener lets in: the keys of a folder, or the one of a file.</summary>
    /// <exception cref="DirectoryNotFoundException">There is neither.</exception>
    public static TrustedKeys Trusted(string path)
    {
        if (File.Exists(path)) return TrustedKeys.Of(Read(path, data => QsmpPublicKey.Parse(data)));
        return Directory.Exists(path) ? TrustedKeys.FromFolder(path) : throw new DirectoryNotFoundException($"{path}: there is no such file or folder.");
    }

    public static RootCertificate Root(string path) => Read(path, data => RootCertificate.Parse(data));

    public static ServerCertificate Certificate(string path) => Read(path, data => ServerCertificate.Parse(data));

    public static ServerKey ServerKey(string path, PosternServerSettings settings) =>
        ReadKey(path, settings, data => Qstp.Certificates.ServerKey.Parse(data));

    public static QsmpPrivateKey PrivateKey(string path, PosternServerSettings settings) => ReadKey(path, settings, data => QsmpPrivateKey.Parse(data));

    private static T Read<T>(string path, Func<byte[], T> parse)
    {
        byte[] data = File.ReadAllBytes(path);
        try
        {
            return parse(data);
        }
        catch (FormatException exception)
        {
            throw new FormatException($"{path}: {exception.Message}", exception);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(data);
        }
    }

    private static T ReadKey<T>(string path, PosternServerSettings settings, KeyParser<T> parse) => Read(path, data =>
    {
        if (!KeyContainer.IsContainer(data)) return parse(data);
        using SecretBytes content = KeyContainer.Unprotect(data, Passphrase(path, settings));
        return parse(content.Span);
    });

    private static string Passphrase(string path, PosternServerSettings settings)
    {
        string? passphrase = settings.PassphraseFile is { } file ? File.ReadLines(file).FirstOrDefault()
            : settings.PassphraseVariable is { } variable ? Environment.GetEnvironmentVariable(variable) : null;
        return passphrase ?? throw new FormatException($"{path} is under a passphrase, and neither PassphraseFile nor PassphraseVariable gives one.");
    }

    private delegate T KeyParser<out T>(ReadOnlySpan<byte> data);
}
