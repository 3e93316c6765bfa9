namespace Postern.Handshakes;

/// <summary>What a handshake does next.</summary>
internal enum HandshakeStep
{
    Send,
    Receive,
    Complete,
}
