namespace Postern.Cryptography.Tests;

/// <summary>A batch against the same packets one after another, on every permutation that this machine runs.</summary>
public sealed class RcsBatchTests
{
    private const int MaxLength = 65504;

    public static TheoryData<string> Paths { get; } =
        [.. Enum.GetValues<KeccakLanesPath>().Where(KeccakLanes.IsSupported).Select(path => path.ToString())];

    private static RcsParameters[] All =>
    [
        RcsParameters.Rcs256,
        RcsParameters.Rcs512,
        RcsParameters.Rcs256Reduced,
        RcsParameters.Rcs512Reduced,
        RcsParameters.Rcs256Qmac,
        RcsParameters.Rcs512Qmac,
    ];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Packets_of_every_length_are_sealed_and_opened_as_one_after_another(string path)
    {
        foreach (RcsParameters parameters in (RcsParameters[])[RcsParameters.Rcs256, RcsParameters.Rcs512])
        {
            for (int header = 0; header <= 21; header += 21)
            {
                Session session = new(path, [.. Enumerable.Repeat(parameters, KeccakLanes.Count)]);
                for (int first = 0; first < 440; first += KeccakLanes.Count)
                {
                    session.Exchange([.. Enumerable.Range(first, KeccakLanes.Count).Select(length => (header, length))]);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Packets_of_random_lengths_and_strengths_are_sealed_and_opened_as_one_after_another(string path)
    {
        Random random = new(31);
        for (int count = 1; count <= 2 * KeccakLanes.Count + 3; count++)
        {
            Session session = new(path, [.. random.GetItems(count % 2 == 0 ? All : All.AsSpan(0, 2), count)]);
            for (int i = 0; i < 3; i++)
            {
                session.Exchange([.. Enumerable.Range(0, count).Select(_ => (random.Next(3) * random.Next(300), RandomLength(random)))]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_packet_that_is_not_genuine_ends_its_own_state_and_no_other(string path)
    {
        for (int damaged = 0; damaged < 1 << 8; damaged += 5)
        {
            Session session = new(path, [.. Enumerable.Repeat(RcsParameters.Rcs256, 7), RcsParameters.Rcs512]);
            (int, int)[] sizes = [.. Enumerable.Range(0, 8).Select(i => (21, 37 * i * (damaged % 7)))];
            session.Exchange(sizes);
            session.ExchangeDamaged(sizes, damaged, isTentative: true);
            session.ExchangeDamaged(sizes, damaged, isTentative: false);
            session.ExchangeDamaged(sizes, 0, isTentative: false);
        }
    }

    [Fact]
    public void A_sealed_message_shorter_than_a_tag_is_refused_beside_others()
    {
        using RcsCipher sender = Cipher(RcsParameters.Rcs256, 1);
        using RcsCipher receiver = Cipher(RcsParameters.Rcs256, 1);
        using RcsCipher other = Cipher(RcsParameters.Rcs256, 2);
        byte[] sealedMessage = new byte[132];
        sender.Seal([], new byte[100], sealedMessage);
        bool[] genuine = [true, false];
        byte[] opened = Bytes(100, 3);
        new RcsBatch().TryOpen([new(other, default, new byte[31], default), new(receiver, default, sealedMessage, opened)], genuine);
        Assert.Equal([false, true], genuine);
        Assert.Equal(new byte[100], opened);
        Assert.False(other.TryOpenTentatively([], new byte[32], []));
        Assert.Equal(new byte[other.Secrets.Length], other.Secrets);
    }

    [Fact]
    public void Misuse_is_refused_before_anything_is_sealed_or_opened()
    {
        using RcsCipher first = Cipher(RcsParameters.Rcs256, 1);
        using RcsCipher second = Cipher(RcsParameters.Rcs256, 2);
        byte[] before = [.. first.Secrets];
        RcsBatch batch = new();
        RcsSealJob good = new(first, default, new byte[5], new byte[37]);
        byte[] packet = new byte[100];
        Assert.Throws<ArgumentException>(() => batch.Seal([good, new(second, default, new byte[5], new byte[36])]));
        Assert.Throws<ArgumentException>(() => batch.Seal([good, new(second, default, packet.AsMemory(1, 9), packet.AsMemory(0, 41))]));
        Assert.Throws<ArgumentException>(() => batch.Seal([good, new(second, packet.AsMemory(0, 21), new byte[9], packet.AsMemory(20, 41))]));
        Assert.Throws<ArgumentException>(() => batch.Seal([good, good]));
        RcsOpenJob open = new(first, default, new byte[37], new byte[5]);
        Assert.Throws<ArgumentException>(() => batch.TryOpen([open, new(second, default, new byte[37], new byte[4])], new bool[2]));
        Assert.Throws<ArgumentException>(() => batch.TryOpen([open, open], new bool[2]));
        Assert.Throws<ArgumentException>(() => batch.TryOpen([open], new bool[2]));
        second.Dispose();
        Assert.Throws<ObjectDisposedException>(() => batch.Seal([good, new(second, default, new byte[5], new byte[37])]));
        Assert.Throws<ObjectDisposedException>(() => batch.TryOpen([open, new(second, default, new byte[37], new byte[5])], new bool[2]));
        Assert.Equal(before, first.Secrets);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_batch_allocates_nothing_and_leaves_no_state_behind(string path)
    {
        RcsBatch batch = new(Enum.Parse<KeccakLanesPath>(path));
        RcsSealJob[] seal = [.. Enumerable.Range(0, 10).Select(i =>
            new RcsSealJob(Cipher(All[i % 2], i), Bytes(21, i), Bytes(300 * i, i), new byte[(300 * i) + All[i % 2].TagSize]))];
        RcsOpenJob[] open = [.. seal.Select((job, i) =>
            new RcsOpenJob(Cipher(All[i % 2], i), job.AssociatedData, job.SealedMessage, new byte[300 * i]))];
        bool[] genuine = new bool[open.Length];
        long before = 0;
        for (int i = 0; i < 20; i++)
        {
            if (i == 10) before = GC.GetAllocatedBytesForCurrentThread();
            batch.Seal(seal);
            batch.TryOpen(open, genuine);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.DoesNotContain(false, genuine);
        Assert.DoesNotContain(batch.Memory.ToArray(), word => word != 0);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_batch_that_broke_off_leaves_nothing_to_the_next(string path)
    {
        RcsBatch batch = new(Enum.Parse<KeccakLanesPath>(path));
        RcsSealJob[] jobs = [.. Enumerable.Range(0, 3).Select(i => new RcsSealJob(Cipher(RcsParameters.Rcs256, i), Bytes(21, i), Bytes(900, i), new byte[932]))];
        for (int looks = 0; looks < 12; looks++)
        {
            RcsSealJob failing = new(Cipher(RcsParameters.Rcs256, 9), default, new byte[900], new FailingMemory(932, looks).Memory);
            try
            {
                batch.Seal([jobs[2] with { Cipher = Cipher(RcsParameters.Rcs256, 7) }, failing]);
            }
            catch (ObjectDisposedException)
            {
                // Whenever it happens.
            }

            Assert.DoesNotContain(batch.Memory.ToArray(), word => word != 0);
            batch.Seal(jobs.AsSpan(0, 2));
            for (int i = 0; i < 2; i++)
            {
                byte[] expected = new byte[932];
                RcsCipher same = Cipher(RcsParameters.Rcs256, i);
                for (int sealedBefore = 0; sealedBefore <= looks; sealedBefore++) same.Seal(Bytes(21, i), Bytes(900, i), expected);
                Assert.Equal(expected, jobs[i].SealedMessage.ToArray());
            }
        }
    }

    private static int RandomLength(Random random) => random.Next(4) switch
    {
        0 => random.Next(200),
        1 => Math.Max(0, (random.Next(1, 40) * 136) - 65 + random.Next(-6, 7)),
        2 => Math.Max(0, (random.Next(1, 80) * 72) - 65 + random.Next(-6, 7)),
        _ => random.Next(20) == 0 ? MaxLength - random.Next(300) : random.Next(3000),
    };

    private static RcsCipher Cipher(RcsParameters parameters, int seed) =>
        new(parameters, Bytes(parameters.KeySize, seed), Bytes(parameters.NonceSize, seed + 100));

    private static byte[] Bytes(int count, int seed)
    {
        byte[] bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    // The same ciphers four times: sealing and opening, in a batch and one after another.
    private sealed class Session(string path, RcsParameters[] parameters)
    {
        private readonly RcsBatch _batch = new(Enum.Parse<KeccakLanesPath>(path));
        private readonly RcsCipher[] _senders = [.. parameters.Select(Cipher)];
        private readonly RcsCipher[] _batchSenders = [.. parameters.Select(Cipher)];
        private readonly RcsCipher[] _receivers = [.. parameters.Select(Cipher)];
        private readonly RcsCipher[] _batchReceivers = [.. parameters.Select(Cipher)];

        public void Exchange((int Header, int Length)[] sizes) => ExchangeDamaged(sizes, 0, isTentative: false);

        public void ExchangeDamaged((int Header, int Length)[] sizes, int damaged, bool isTentative)
        {
            byte[][] headers = [.. sizes.Select((size, i) => Bytes(size.Header, i))];
            byte[][] plaintexts = [.. sizes.Select((size, i) => Bytes(size.Length, i + 1))];
            byte[][] packets = [.. plaintexts.Select((plaintext, i) => new byte[plaintext.Length + parameters[i].TagSize])];
            byte[][] expected = [.. packets.Select((packet, i) => Seal(i, headers[i], plaintexts[i], packet.Length))];
            for (int i = 0; i < sizes.Length; i += 2) plaintexts[i].CopyTo(packets[i], 0);
            _batch.Seal([.. packets.Select((packet, i) =>
                new RcsSealJob(_batchSenders[i], headers[i], i % 2 == 0 ? packet.AsMemory(0, sizes[i].Length) : plaintexts[i], packet))]);
            for (int i = 0; i < sizes.Length; i++) Assert.Equal(expected[i], packets[i]);
            AssertSameStates(_senders, _batchSenders);
            Open(headers, packets, damaged, isTentative);
        }

        private void Open(byte[][] headers, byte[][] packets, int damaged, bool isTentative)
        {
            bool[] genuine = new bool[packets.Length];
            bool[] expectedGenuine = new bool[packets.Length];
            byte[][] opened = [.. packets.Select((packet, i) => Bytes(packet.Length - parameters[i].TagSize, i + 2))];
            byte[][] expected = [.. opened.Select(bytes => (byte[])[.. bytes])];
            for (int i = 0; i < packets.Length; i++)
            {
                packets[i][damaged % packets[i].Length] ^= (byte)((damaged >> i) & 1);
                expectedGenuine[i] = isTentative
                    ? _receivers[i].TryOpenTentatively(headers[i], packets[i], expected[i])
                    : _receivers[i].TryOpen(headers[i], packets[i], expected[i]);
                Assert.False(expectedGenuine[i] && ((damaged >> i) & 1) == 1);
            }

            _batch.TryOpen(
                [.. packets.Select((packet, i) => new RcsOpenJob(_batchReceivers[i], headers[i], packet, opened[i], isTentative))], genuine);
            Assert.Equal(expectedGenuine, genuine);
            for (int i = 0; i < packets.Length; i++) Assert.Equal(expected[i], opened[i]);
            AssertSameStates(_receivers, _batchReceivers);
        }

        private byte[] Seal(int index, byte[] header, byte[] plaintext, int size)
        {
            byte[] packet = new byte[size];
            _senders[index].Seal(header, plaintext, packet);
            return packet;
        }

        private static void AssertSameStates(RcsCipher[] expected, RcsCipher[] actual)
        {
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i].Secrets, actual[i].Secrets);
                Assert.Equal(expected[i].LengthAfter(0), actual[i].LengthAfter(0));
            }
        }
    }
}
