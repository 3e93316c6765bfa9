// A drop box: whoever holds the server's public key may put files into a folder, and nobody else learns what they are. SIMPLEX: the
// server proves who it is, the senders stay unknown. Usage: FileDrop FOLDER FILE... Both ends run in this program.
using System.Net;
using Postern;
using Postern.Qsmp;
using Postern.Tunneling;

if (args is not [var folder, _, ..])
{
    Console.Error.WriteLine("usage: FileDrop FOLDER FILE...");
    return 2;
}

Directory.CreateDirectory(folder);
using QsmpPrivateKey key = QsmpPrivateKey.Generate(QsmpSuites.DilithiumS5KyberS5);
QsmpPublicKey publicKey = key.GetPublicKey(QsmpMode.Simplex);

// The server: one file a connection, at most a gigabyte, never over one that is there; resumed by name where it broke off.
FileReceiver receiver = new(new FileReceiverOptions { Folder = folder, MaxSize = 1L << 30 });
await using QsmpSimplexServer server = QsmpSimplexServer.Start(
    new IPEndPoint(IPAddress.Loopback, 0),
    new QsmpSimplexServerOptions { Keys = [key], PacketTolerance = TimeSpan.FromMinutes(5) },
    async (channel, stop) =>
    {
        TransferResult received = await receiver.ReceiveAsync(channel, cancellationToken: stop);
        Console.WriteLine($"{received.Path}: {received.Size} bytes, SHA-256 {received.Sha256}");
    });

// The clients.
foreach (string path in args[1..])
{
    using OutgoingFile file = await OutgoingFile.OpenAsync(path);
    await using SecureChannel channel = await QsmpSimplexClient.ConnectAsync(server.LocalEndPoint, publicKey);
    try
    {
        await new FileSender().SendAsync(channel, file);
    }
    catch (TransferException exception)
    {
        Console.Error.WriteLine($"{path}: {exception.Message}");
        return 1;
    }
}

await server.DrainAsync();
return 0;
