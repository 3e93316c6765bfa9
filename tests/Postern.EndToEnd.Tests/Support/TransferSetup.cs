using System.Security.Cryptography;
using Postern.Tunneling;

namespace Postern.EndToEnd.Tests.Support;

/// <summary>A file to send, a folder to receive it in, and a connection for each attempt.</summary>
internal sealed class TransferSetup : IDisposable
{
    public const string Name = "notes.tar";

    private readonly TestFolder _source = new();
    private readonly TestFolder _target = new();

    public TransferSetup(byte[] content)
    {
        Content = content;
        Source = _source.Write(Name, content);
        Options = new FileReceiverOptions { Folder = _target.Root };
    }

    public byte[] Content { get; }

    public string Source { get; }

    public string Target => _target[Name];

    /// <summary>Where the part is that has arrived.</summary>
    public string Part => _target[$".{Name}.{Convert.ToHexStringLower(SHA256.HashData(Content))[..16]}.part"];

    /// <summary>What is in the receiver's folder.</summary>
    public IReadOnlyList<string> Names => _target.Names;

    public FileReceiverOptions Options { get; set; }

    public void WritePart(byte[] content) => _target.Write(Path.GetFileName(Part), content);

    public void WriteTarget(byte[] content) => _target.Write(Name, content);

    /// <summary>One attempt on both sides, which must succeed.</summary>
    public async Task<TransferResult> RunAsync()
    {
        await using ChannelPair channels = await ChannelPair.ConnectAsync();
        using OutgoingFile file = await OutgoingFile.OpenAsync(Source);
        Task<TransferResult> receiving = new FileReceiver(Options).ReceiveAsync(channels.Receiver);
        TransferResult sent = await new FileSender().SendAsync(channels.Sender, file).WaitAsync(Wire.Limit);
        TransferResult received = await receiving.WaitAsync(Wire.Limit);
        Assert.Equal(received with { Path = null }, sent);
        Assert.Equal(Target, received.Path);
        Assert.Equal(Content.Length, received.Size);
        Assert.Equal(Content, await File.ReadAllBytesAsync(Target));
        Assert.Equal([Name], Names);
        return received;
    }

    /// <summary>One attempt that fails on both sides for the same reason, which one of them tells the other.</summary>
    /// <param name="error">The reason.</param>
    /// <param name="tells">True if the receiver finds it.</param>
    /// <param name="between">Done after the file was hashed.</param>
    public async Task FailAsync(TransferError error, bool tells, Action? between = null)
    {
        await using ChannelPair channels = await ChannelPair.ConnectAsync();
        using OutgoingFile file = await OutgoingFile.OpenAsync(Source);
        between?.Invoke();
        Task<TransferResult> receiving = new FileReceiver(Options).ReceiveAsync(channels.Receiver);
        Task<TransferResult> sending = new FileSender().SendAsync(channels.Sender, file);
        TransferException atReceiver = await Assert.ThrowsAsync<TransferException>(() => receiving.WaitAsync(Wire.Limit));
        TransferException atSender = await Assert.ThrowsAsync<TransferException>(() => sending.WaitAsync(Wire.Limit));
        Assert.Equal((error, !tells), (atReceiver.Error, atReceiver.IsFromPeer));
        Assert.Equal((error, tells), (atSender.Error, atSender.IsFromPeer));
    }

    public void Dispose()
    {
        _source.Dispose();
        _target.Dispose();
    }
}
