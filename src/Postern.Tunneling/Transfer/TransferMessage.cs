namespace Postern.Tunneling;

/// <summary>The first byte of each message. (docs/wire-extensions.md, file transfer)</summary>
internal enum TransferMessage : byte
{
    /// <summary>Sender: what there is; see <see cref="FileOffer"/>.</summary>
    Offer = 1,

    /// <summary>Receiver: how many bytes it has, and their SHA-256.</summary>
    Answer = 2,

    /// <summary>Sender: from which byte it goes on.</summary>
    Begin = 3,

    /// <summary>Sender: at least one byte of the file.</summary>
    Data = 4,

    /// <summary>Sender: that was all.</summary>
    End = 5,

    /// <summary>Receiver: the digest is right, the file is in its place.</summary>
    Done = 6,

    /// <summary>Either: why it gives up.</summary>
    Failure = 7,
}
