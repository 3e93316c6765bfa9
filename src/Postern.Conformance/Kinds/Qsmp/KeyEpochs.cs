using System.Text.Json;
using Postern.Channels;
using Postern.Qsmp;

namespace Postern.Conformance.Kinds.Qsmp;

/// <summary>The keys of a session, from the handshake's on: what they are made of, and what they are. (QSMP §1.13, §2.5, §3.4)</summary>
internal sealed class KeyEpochs(JsonElement session, RecordedPeers peers)
{
    /// <summary>The epoch that packets are sealed with now.</summary>
    public int Current { get; private set; } = -1;

    /// <summary>The row of the epoch that comes next.</summary>
    public JsonElement Next => session.Items("key_epochs").ElementAtOrDefault(Current + 1) is { ValueKind: JsonValueKind.Object } epoch
        ? epoch
        : throw new FormatException($"there is no key epoch {Current + 1}");

    /// <summary>The first keys: both sides must have them.</summary>
    public void CheckHandshake(params ReadOnlySpan<DirectionKeys> keys)
    {
        JsonElement handshake = session.Field("handshake");
        bool isSimplex = peers.Mode == QsmpMode.Simplex;
        Source source = new(
            handshake.Bytes(isSimplex ? "shared_secret" : "seca"),
            handshake.Bytes(isSimplex ? "sch3" : "sch5"),
            isSimplex ? [] : handshake.Bytes("secb"));
        Check("handshake", "both", source, keys);
    }

    /// <summary>The keys of a ratchet, before either side switches.</summary>
    public void CheckRatchet(string cause, string by, byte[] secret, SealedChannel channel)
    {
        byte[] state = channel.Opener.OwnRatchetState.ToArray();
        using DirectionKeys keys = channel.DeriveRatchet(secret, state);
        Check(cause, by, new Source(secret, peers.Suite.ConfigurationField.ToArray(), state), [keys]);
    }

    public void CheckCount() => Expect.Equal("number of key epochs", session.Items("key_epochs").Count(), Current + 1);

    private void Check(string cause, string by, Source source, ReadOnlySpan<DirectionKeys> ours)
    {
        JsonElement epoch = Next;
        Expect.Equal("index", epoch.Number("index"), Current + 1);
        Expect.Equal("cause", epoch.Text("cause"), cause);
        Expect.Equal("by", epoch.Text("by"), by);
        Expect.Equal("secret", epoch.Bytes("secret"), source.Secret);
        Expect.Equal("name", epoch.Bytes("name"), source.Name);
        Expect.Equal("custom", epoch.Bytes("custom"), source.Customization);
        Expect.Equal("rate", epoch.Number("rate"), peers.Profile.RatchetRate);
        Expect.Equal("blocks", epoch.Number("blocks"), peers.Profile.RatchetBlocks);
        byte[] pairs = [.. epoch.Bytes("k1"), .. epoch.Bytes("n1"), .. epoch.Bytes("k2"), .. epoch.Bytes("n2")];
        foreach (DirectionKeys keys in ours)
        {
            Expect.Equal("k1 n1 k2 n2", pairs, keys.Pairs);
            Expect.Equal("rtcs", epoch.Bytes("rtcs"), keys.RatchetState);
        }

        Current++;
    }

    private sealed record Source(byte[] Secret, byte[] Name, byte[] Customization);
}
