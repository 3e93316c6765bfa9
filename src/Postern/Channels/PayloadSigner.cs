using Postern.Cryptography;

namespace Postern.Channels;

/// <summary>Signs with this side's long-term key, whoever holds that.</summary>
internal delegate void PayloadSigner(RandomSource random, ReadOnlySpan<byte> message, Span<byte> signature);
