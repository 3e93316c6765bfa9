using System.Net;
using System.Net.Sockets;
using Postern.EndToEnd.Tests.Support;
using Postern.Qstp;

namespace Postern.EndToEnd.Tests.Daemons;

public sealed class HandshakeFloodTests
{
    private const int Limit = 20;

    private static readonly QstpClientOptions Patient = new() { HandshakeTimeout = Wire.Limit };

    [Fact]
    public async Task A_handshake_flood_of_one_address_is_limited_and_a_client_of_another_gets_in()
    {
        await using PosternProcess serve = PosternProcess.Serve("--max-connections-per-address", $"{Limit}", "--handshake-timeout", "600");
        IPEndPoint endPoint = await serve.ListeningAsync();
        List<Socket> flood = [];
        try
        {
            for (int i = 0; i < 200; i++) flood.Add(await Wire.ConnectAsync(endPoint));
            await Until.TrueAsync(() => flood.Count(IsOver) >= 200 - Limit, "what is beyond the limit is let go");
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
            await socket.ConnectAsync(endPoint, TestContext.Current.CancellationToken);
            await using (NetworkStream stream = new(socket))
            await using (SecureChannel channel = await QstpClient.AuthenticateAsync(stream, TestKeys.Default.Verified, Patient, TestContext.Current.CancellationToken))
            {
                await EchoAsync(channel);
            }

            Assert.Equal(Limit, flood.Count(socket => !IsOver(socket)));
        }
        finally
        {
            foreach (Socket socket in flood) socket.Dispose();
        }

        await using SecureChannel later = await ConnectWhenThereIsRoomAsync(endPoint);
        await EchoAsync(later);
    }

    private static bool IsOver(Socket socket) => socket.Poll(0, SelectMode.SelectRead);

    private static async Task<SecureChannel> ConnectWhenThereIsRoomAsync(IPEndPoint endPoint)
    {
        SecureChannel? channel = null;
        for (int i = 0; channel is null; i++)
        {
            try
            {
                channel = await QstpClient.ConnectAsync(endPoint, TestKeys.Default.Verified, Patient, TestContext.Current.CancellationToken);
            }
            catch (ChannelException) when (i < 1000)
            {
                // The server has not seen yet that they went.
            }
        }

        return channel;
    }

    private static async Task EchoAsync(SecureChannel channel)
    {
        await channel.SendAsync(Wire.Random(100), TestContext.Current.CancellationToken);
        Assert.Equal(100, await channel.ReceiveAsync(new byte[100], TestContext.Current.CancellationToken).AsTask().WaitAsync(Wire.Limit));
    }
}
