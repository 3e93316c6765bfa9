namespace Postern.Cli.Commands.Tunnels;

/// <summary>What a server does with its channels.</summary>
internal enum ServeMode
{
    /// <summary>Sends each message back.</summary>
    Echo,

    /// <summary>Writes each message to stdout as a line, and each line of stdin to all channels.</summary>
    Chat,

    /// <summary>One channel: stdin and stdout.</summary>
    Once,

    /// <summary>A program for each channel.</summary>
    Program,
}
