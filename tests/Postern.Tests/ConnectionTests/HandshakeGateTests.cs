using System.Net;
using Postern.Connections;

namespace Postern.Tests;

/// <summary>What one network may have of a listener's processors and memory.</summary>
public sealed class HandshakeGateTests
{
    private static readonly IPAddress Flood = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Honest = IPAddress.Parse("192.0.2.2");

    [Fact]
    public async Task Peers_of_one_network_that_do_not_read_leave_half_of_the_memory()
    {
        const int Rented = 128 * 1024; // The array pool's size for 100,000 bytes.
        HandshakeGate gate = new(1, 10 * Rented);
        Task<FairShares.Share?>[] stalled = [.. Enumerable.Range(0, 20).Select(_ => Memory(gate, Flood, 100_000))];
        Assert.Equal(5, stalled.Count(task => task.IsCompleted));
        Task<FairShares.Share?>[] honest = [.. Enumerable.Range(0, 5).Select(_ => Memory(gate, Honest, 100_000))];
        Assert.All(honest, task => Assert.True(task.IsCompleted));
        Assert.Null(await Memory(gate, Honest, 1000));
    }

    [Fact]
    public void One_network_alone_has_all_turns()
    {
        HandshakeGate gate = new(3, 1);
        Task<FairShares.Share>[] turns = [.. Enumerable.Range(0, 4).Select(_ => gate.For(Flood).TakeTurnAsync(CancellationToken.None).AsTask())];
        Assert.Equal([true, true, true, false], turns.Select(task => task.IsCompleted));
    }

    private static Task<FairShares.Share?> Memory(HandshakeGate gate, IPAddress network, int size) =>
        gate.For(network).TakeMemoryAsync(size, CancellationToken.None).AsTask();
}
