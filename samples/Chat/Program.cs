// Two people who hold each other's keys talk over DUPLEX: "listen FOLDER" in one terminal, "dial FOLDER" in another. Ctrl-D ends it.
// The folder gets both key pairs here; real peers make their own (postern key generate) and compare fingerprints.
using System.Net;
using System.Text;
using Postern;
using Postern.Cryptography;
using Postern.Qsmp;

if (args is not [("listen" or "dial") and var role, var folder])
{
    Console.Error.WriteLine("usage: listen FOLDER | dial FOLDER");
    return 2;
}

string alicePath = Path.Combine(folder, "alice.qskey"), bobPath = Path.Combine(folder, "bob.qskey");
if (role == "listen" && !File.Exists(alicePath))
{
    Directory.CreateDirectory(folder);
    foreach (string path in (string[])[alicePath, bobPath])
    {
        using QsmpPrivateKey made = QsmpPrivateKey.Generate(QsmpSuites.DilithiumS5KyberS5);
        using SecretBytes secret = made.ToSecretBytes();
        FileStreamOptions owner = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) owner.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using FileStream file = new(path, owner);
        file.Write(secret.Span);
    }
}

using QsmpPrivateKey alice = QsmpPrivateKey.Parse(await File.ReadAllBytesAsync(alicePath));
using QsmpPrivateKey bob = QsmpPrivateKey.Parse(await File.ReadAllBytesAsync(bobPath));
IPEndPoint endPoint = new(IPAddress.Loopback, QsmpDuplexPeer.DefaultPort);
await using SecureChannel channel = role == "listen"
    ? await QsmpDuplexPeer.AcceptOneAsync(
        endPoint, new QsmpDuplexListenOptions { Keys = [alice], TrustedKeys = TrustedKeys.Of(bob.GetPublicKey(QsmpMode.Duplex)) })
    : await QsmpDuplexPeer.ConnectAsync(endPoint, bob, alice.GetPublicKey(QsmpMode.Duplex));
Console.WriteLine($"Connected: {channel.Suite.Name}. The key is proven, both ways.");

Task showing = ShowAsync(channel);
while (await Console.In.ReadLineAsync() is { } line)
{
    if (line.Length > 0) await channel.SendAsync(Encoding.UTF8.GetBytes(line));
}

await channel.CompleteAsync(); // "I have said all"; the peer may still talk.
await showing;
await channel.CloseAsync();
return 0;

static async Task ShowAsync(SecureChannel channel)
{
    byte[] buffer = new byte[channel.MaxMessageSize];
    while (await channel.ReceiveAsync(buffer) is > 0 and int size) Console.WriteLine($"< {Encoding.UTF8.GetString(buffer, 0, size)}");
}
