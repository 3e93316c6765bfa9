namespace Postern.Cryptography.Tests;

public sealed class KeccakLanesTests
{
    public static TheoryData<string> Paths { get; } =
        [.. Enum.GetValues<KeccakLanesPath>().Where(KeccakLanes.IsSupported).Select(path => path.ToString())];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Permute_equals_the_scalar_permutation_in_place_and_to_other_states(string path)
    {
        Random random = new(1);
        for (int states = 1; states <= KeccakLanes.Count; states++)
        {
            KeccakLanes lanes = new(Enum.Parse<KeccakLanesPath>(path));
            KeccakLanes other = new(Enum.Parse<KeccakLanesPath>(path));
            KeccakState[] expected = new KeccakState[states];
            byte[][] before = new byte[states][];
            for (int i = 0; i < states; i++)
            {
                before[i] = MLKemTests.Bytes(random, KeccakState.SizeInBytes);
                lanes.Xor(i, 0, before[i]);
                expected[i].Xor(0, before[i]);
                expected[i].Permute();
            }

            lanes.PermuteTo(other, states);
            for (int i = 0; i < states; i++)
            {
                Assert.Equal(before[i], Read(lanes, i));
                Assert.Equal(Read(expected[i]), Read(other, i));
            }

            lanes.Permute(states);
            for (int i = 0; i < states; i++) Assert.Equal(Read(expected[i]), Read(lanes, i));
        }
    }

    [Fact]
    public void A_lane_holds_one_word_of_each_state()
    {
        KeccakLanes lanes = new();
        byte[] bytes = MLKemTests.Bytes(new Random(2), KeccakState.SizeInBytes);
        lanes.Xor(5, 0, bytes);
        lanes.Xor(3, 17, 0xAB);
        for (int i = 0; i < KeccakState.LaneCount; i++) Assert.Equal(BitConverter.ToUInt64(bytes, 8 * i), lanes.Lane(i)[5]);
        Assert.Equal(0xAB00ul, lanes.Lane(2)[3]);
        byte[] part = new byte[50];
        lanes.CopyTo(5, 33, part);
        Assert.Equal(bytes[33..83], part);
    }

    [Theory]
    [InlineData(17, 136)]
    [InlineData(21, 200)]
    [InlineData(3, 24)]
    [InlineData(25, 203)]
    public void The_first_words_of_all_states_are_copied_and_nothing_else_is_written(int words, int stride)
    {
        KeccakLanes lanes = new();
        byte[][] states = new byte[KeccakLanes.Count][];
        Random random = new(words);
        byte[] copy = new byte[KeccakLanes.Count * stride];
        byte[] expected = new byte[copy.Length];
        for (int i = 0; i < states.Length; i++)
        {
            states[i] = MLKemTests.Bytes(random, KeccakState.SizeInBytes);
            lanes.Xor(i, 0, states[i]);
            states[i].AsSpan(0, 8 * words).CopyTo(expected.AsSpan(i * stride));
        }

        lanes.CopyTo(copy, stride, words);
        Assert.Equal(expected, copy);
    }

    [Fact]
    public void Bytes_go_in_and_out_of_one_state_at_every_offset_in_every_length()
    {
        byte[] bytes = MLKemTests.Bytes(new Random(3), KeccakState.SizeInBytes);
        for (int offset = 0; offset <= 24; offset++)
        {
            for (int length = 0; length <= 24; length++)
            {
                KeccakLanes lanes = new();
                lanes.Xor(6, offset, bytes.AsSpan(0, length));
                byte[] expected = new byte[KeccakState.SizeInBytes];
                bytes.AsSpan(0, length).CopyTo(expected.AsSpan(offset));
                Assert.Equal(expected, Read(lanes, 6));
                Assert.Equal(new byte[KeccakState.SizeInBytes], Read(lanes, 5));
                byte[] part = new byte[length];
                lanes.CopyTo(6, offset, part);
                Assert.Equal(bytes[..length], part);
            }
        }
    }

    [Fact]
    public void Clear_erases_all_states()
    {
        KeccakLanes lanes = new();
        lanes.Permute();
        Assert.Contains(lanes.Memory.ToArray(), word => word != 0);
        lanes.Clear();
        Assert.DoesNotContain(lanes.Memory.ToArray(), word => word != 0);
    }

    private static byte[] Read(KeccakLanes lanes, int state)
    {
        byte[] bytes = new byte[KeccakState.SizeInBytes];
        lanes.CopyTo(state, 0, bytes);
        return bytes;
    }

    private static byte[] Read(KeccakState state)
    {
        byte[] bytes = new byte[KeccakState.SizeInBytes];
        state.CopyTo(0, bytes);
        return bytes;
    }
}
