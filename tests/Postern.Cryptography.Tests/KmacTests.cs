using System.Text.Json;

namespace Postern.Cryptography.Tests;

public sealed class KmacTests
{
    [Fact]
    public void Kmac_equals_every_single_vector()
    {
        int overflows = 0;
        foreach (JsonElement vector in VectorFile.Read("kmac.json").GetProperty("single").EnumerateArray())
        {
            byte[] mac = Compute(vector, vector.Bytes("msg"));
            Assert.Equal(vector.Text("mac"), Convert.ToHexStringLower(mac));
            overflows += vector.GetProperty("overflow_case").GetBoolean() ? 1 : 0;
        }

        Assert.True(overflows > 0);
    }

    [Fact]
    public void Kmac_equals_every_session_that_goes_on_after_a_tag()
    {
        int tags = 0;
        foreach (JsonElement session in VectorFile.Read("kmac.json").GetProperty("sessions").EnumerateArray())
        {
            int rate = session.Number("rate");
            KeccakState state = default;
            Kmac.Start(rate, session.Bytes("key"), [], ref state);
            foreach (JsonElement step in session.GetProperty("steps").EnumerateArray())
            {
                KmacMessage message = new(ref state, rate);
                foreach (JsonElement update in step.GetProperty("updates").EnumerateArray())
                {
                    message.Absorb(Convert.FromHexString(update.GetString()!));
                }

                byte[] mac = new byte[session.Number("outlen")];
                message.Finish(mac);
                Assert.Equal(step.Text("mac"), Convert.ToHexStringLower(mac));
                tags++;
            }
        }

        Assert.True(tags > 0);
    }

    [Fact]
    public void Absorbing_in_any_split_gives_the_same_tag()
    {
        byte[] data = new byte[300];
        new Random(2).NextBytes(data);
        foreach (int rate in (int[])[KeccakRate.Bits256, KeccakRate.Bits512])
        {
            byte[] expected = Tag(rate, data, 0);
            for (int first = 1; first <= data.Length; first++)
            {
                Assert.Equal(expected, Tag(rate, data, first));
            }
        }
    }

    [Theory]
    [InlineData(KeccakRate.Bits256)]
    [InlineData(KeccakRate.Bits512)]
    public void Tag_deviates_from_the_standard_exactly_where_the_trailer_does_not_fit_into_the_last_block(int rate)
    {
        byte[] data = new byte[2 * rate];
        new Random(3).NextBytes(data);
        for (int length = 0; length < data.Length; length++)
        {
            byte[] tag = Tag(rate, data.AsSpan(0, length), 0);
            bool overflows = length % rate >= rate - 3;
            Assert.Equal(!overflows, tag.AsSpan().SequenceEqual(StandardTag(rate, data.AsSpan(0, length))));
        }
    }

    private static byte[] Tag(int rate, ReadOnlySpan<byte> data, int firstPart)
    {
        KeccakState state = default;
        Kmac.Start(rate, "key"u8, "custom"u8, ref state);
        KmacMessage message = new(ref state, rate);
        message.Absorb(data[..firstPart]);
        message.Absorb(data[firstPart..]);
        byte[] tag = new byte[32];
        message.Finish(tag);
        return tag;
    }

    // SP 800-185 §4.3 as it is written: cSHAKE of bytepad(encode_string(K)) || X || right_encode(L).
    private static byte[] StandardTag(int rate, ReadOnlySpan<byte> data)
    {
        KeccakSponge sponge = CShake.Start(rate, "KMAC"u8, "custom"u8, []);
        StringEncoding.AbsorbLeftEncoded(ref sponge, (ulong)rate);
        StringEncoding.AbsorbString(ref sponge, "key"u8);
        sponge.PadToBlock();
        sponge.Absorb(data);
        sponge.Absorb([1, 0, 2]);
        byte[] tag = new byte[32];
        sponge.Squeeze(tag);
        return tag;
    }

    private static byte[] Compute(JsonElement vector, byte[] data)
    {
        int rate = vector.Number("rate");
        KeccakState state = default;
        Kmac.Start(rate, vector.Bytes("key"), vector.Bytes("custom"), ref state);
        KmacMessage message = new(ref state, rate);
        message.Absorb(data);
        byte[] mac = new byte[vector.Number("outlen")];
        message.Finish(mac);
        return mac;
    }
}
