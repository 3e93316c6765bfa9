namespace Postern.Tunneling;

/// <summary>Kinds of frames: the first byte of each. (docs/wire-extensions.md, streams in one tunnel)</summary>
internal enum StreamFrame : byte
{
    /// <summary>The first message of either side: version and limits.</summary>
    Hello = 0,

    /// <summary>A new stream to a target.</summary>
    Open = 1,

    /// <summary>The target was reached.</summary>
    Accept = 2,

    /// <summary>It was not; the stream is gone.</summary>
    Refuse = 3,

    /// <summary>At least one byte.</summary>
    Data = 4,

    /// <summary>So many bytes more may be sent.</summary>
    Credit = 5,

    /// <summary>Nothing more comes in this direction.</summary>
    End = 6,

    /// <summary>The stream is cut, both ways.</summary>
    Reset = 7,
}
