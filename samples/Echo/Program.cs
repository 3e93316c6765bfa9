// An echo over QSTP, both ends in this program. A real root stays offline, and a real server loads its files: see the comments.
using System.Net;
using System.Text;
using Postern;
using Postern.Qstp;
using Postern.Qstp.Certificates;

Suite suite = QstpSuites.DilithiumS3KyberS3;

// The root: postern root create. RootCertificate.Parse(File.ReadAllBytes("root_public_cert.qrr"))
using RootKey rootKey = RootKey.Generate(suite, "Example root", TimeSpan.FromDays(365));
RootCertificate root = rootKey.CreateCertificate();

// The server's key and certificate: postern cert request, postern root sign. ServerKey.Parse, ServerCertificate.Parse
using ServerKey serverKey = ServerKey.Generate(suite, "Example server", TimeSpan.FromDays(90));
ServerCertificate certificate = rootKey.SignCertificate(serverKey.CreateRequest());

// The server.
using ServerIdentity identity = ServerIdentity.Create(root, certificate, serverKey);
await using QstpServer server = QstpServer.Start(
    new IPEndPoint(IPAddress.Loopback, 0), // QstpServer.DefaultPort outside of samples
    new QstpServerOptions { Identities = [identity] },
    async (channel, stop) =>
    {
        await using Stream stream = channel.AsStream();
        await stream.CopyToAsync(stream, stop);
    });

// The client. Verify throws unless the whole chain holds: signatures, dates, algorithm, issuer.
VerifiedServer verified = root.Verify(certificate);
await using SecureChannel client = await QstpClient.ConnectAsync(server.LocalEndPoint, verified);
await client.SendAsync("hello"u8.ToArray());
byte[] buffer = new byte[client.MaxMessageSize];
int size = await client.ReceiveAsync(buffer);
Console.WriteLine($"{Encoding.UTF8.GetString(buffer, 0, size)}, over {client.Suite.Name}, from {client.PeerIdentity?.Name}");
await client.CloseAsync(); // A proper end: disposing without it tells the server that something went wrong.
