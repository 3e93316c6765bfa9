using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Postern.Cryptography;

/// <summary>
/// Seals or opens packets of different cipher states at once, with their MACs in the lanes of <see cref="KeccakLanes"/>: one packet's MAC
/// is a chain of permutations, but eight packets' take little longer than one's. The results are those of one packet after another.
/// Packets may have any lengths and be more than eight, the next one takes the lane of one that is done. Nothing is allocated per batch,
/// and nothing secret is left behind. Not thread-safe: one instance for each thread that works on packets.
/// </summary>
internal sealed unsafe class RcsBatch
{
    private readonly KeccakLanesPath _path;
    private readonly KeccakLanes _states;
    private readonly RcsBatchLane[] _lanes = new RcsBatchLane[KeccakLanes.Count];
    private int _active;

    /// <summary>With the fastest permutation of this machine.</summary>
    public RcsBatch()
        : this(KeccakLanes.Fastest)
    {
    }

    /// <summary>With a chosen permutation.</summary>
    public RcsBatch(KeccakLanesPath path)
    {
        _path = path;
        _states = new KeccakLanes(path);
    }

    /// <summary>All that must be erased after a batch.</summary>
    internal ReadOnlySpan<ulong> Memory => _states.Memory;

    /// <summary>Seals each message, as <see cref="RcsCipher.Seal"/> does.</summary>
    /// <exception cref="ArgumentException">
    /// A size does not fit, buffers of a job overlap, or a cipher is in two jobs. Nothing was sealed.
    /// </exception>
    /// <exception cref="InvalidOperationException">A state failed to open a message. Nothing was sealed.</exception>
    /// <exception cref="ObjectDisposedException">A state was erased. Nothing was sealed.</exception>
    public void Seal(ReadOnlySpan<RcsSealJob> jobs) => Run(jobs, default);

    /// <summary>
    /// Opens each message, as <see cref="RcsCipher.TryOpen"/> does: one that is not genuine ends its own state and no other. Buffers of
    /// different jobs must not overlap.
    /// </summary>
    /// <param name="jobs">The messages.</param>
    /// <param name="genuine">Gets for each message whether it is genuine.</param>
    /// <exception cref="ArgumentException">A size does not fit, or a cipher is in two jobs. Nothing was opened.</exception>
    /// <exception cref="ObjectDisposedException">A state was erased. Nothing was opened.</exception>
    public void TryOpen(ReadOnlySpan<RcsOpenJob> jobs, Span<bool> genuine)
    {
        if (genuine.Length != jobs.Length) throw new ArgumentException("One result for each job.", nameof(genuine));
        Run(jobs, genuine);
    }

    private static void Check<TJob>(ReadOnlySpan<TJob> jobs)
        where TJob : struct, IRcsBatchJob
    {
        for (int i = 0; i < jobs.Length; i++)
        {
            jobs[i].Check();
            for (int j = 0; j < i; j++)
            {
                if (ReferenceEquals(jobs[i].Cipher, jobs[j].Cipher)) throw new ArgumentException("A cipher is in two jobs.", nameof(jobs));
            }
        }
    }

    private void Run<TJob>(ReadOnlySpan<TJob> jobs, Span<bool> results)
        where TJob : struct, IRcsBatchJob
    {
        Check(jobs);
        bool isDone256 = TryRunSideBySide(jobs, KeccakRate.Bits256, results);
        bool isDone512 = TryRunSideBySide(jobs, KeccakRate.Bits512, results);
        for (int i = 0; i < jobs.Length; i++)
        {
            bool isDone = (isDone256 && FitsLanes(jobs[i], KeccakRate.Bits256)) || (isDone512 && FitsLanes(jobs[i], KeccakRate.Bits512));
            if (!isDone) SetResult(results, i, jobs[i].RunAlone());
        }
    }

    // The lanes are for the MAC of the protocols; vectors, for little-endian processors.
    private bool FitsLanes<TJob>(in TJob job, int rate)
        where TJob : struct, IRcsBatchJob
    {
        RcsParameters parameters = job.Cipher.Parameters;
        return parameters.Mac == RcsMacKind.Kmac && parameters.Rate == rate && _path != KeccakLanesPath.Scalar && BitConverter.IsLittleEndian;
    }

    // Two at least: one alone is faster by itself.
    private bool TryRunSideBySide<TJob>(ReadOnlySpan<TJob> jobs, int rate, Span<bool> results)
        where TJob : struct, IRcsBatchJob
    {
        int count = 0;
        foreach (ref readonly TJob job in jobs) count += FitsLanes(job, rate) ? 1 : 0;
        if (count < 2) return false;
        Span<byte> block = stackalloc byte[KeccakRate.Bits256];
        try
        {
            RunLanes(jobs, rate, results, block[..rate]);
        }
        finally
        {
            // After a failure too: the next batch must not find lanes of this one.
            CryptographicOperations.ZeroMemory(block);
            _states.Clear();
            Array.Clear(_lanes);
            _active = 0;
        }

        return true;
    }

    private void RunLanes<TJob>(ReadOnlySpan<TJob> jobs, int rate, Span<bool> results, Span<byte> block)
        where TJob : struct, IRcsBatchJob
    {
        int next = 0;
        while (_active < KeccakLanes.Count && TryStart(_active, jobs, rate, results, ref next)) _active++;
        while (_active > 0)
        {
            Absorb(block);
            for (int lane = _active - 1; lane >= 0; lane--)
            {
                if (!_lanes[lane].IsComplete) continue;
                Complete(lane, jobs, results);
                if (!TryStart(lane, jobs, rate, results, ref next)) Remove(lane);
            }
        }
    }

    private bool TryStart<TJob>(int lane, ReadOnlySpan<TJob> jobs, int rate, Span<bool> results, ref int next)
        where TJob : struct, IRcsBatchJob
    {
        while (next < jobs.Length)
        {
            int index = next++;
            ref readonly TJob job = ref jobs[index];
            if (!FitsLanes(job, rate)) continue;
            _lanes[lane].Start(index, job);
            if (job.TryBegin())
            {
                _states.Set(lane, ref MemoryMarshal.AsRef<KeccakState>(job.Cipher.MacState));
                return true;
            }

            SetResult(results, index, false);
        }

        return false;
    }

    private void Complete<TJob>(int lane, ReadOnlySpan<TJob> jobs, Span<bool> results)
        where TJob : struct, IRcsBatchJob
    {
        KeccakState state = default;
        _states.Get(lane, ref state);
        int index = _lanes[lane].Job;
        SetResult(results, index, jobs[index].Complete(ref state));
        state.Clear();
    }

    // The last lane takes the place, so that the active ones are always the first.
    private void Remove(int lane)
    {
        _active--;
        if (lane == _active) return;
        KeccakState state = default;
        _states.Get(_active, ref state);
        _states.Set(lane, ref state);
        state.Clear();
        _lanes[lane] = _lanes[_active];
    }

    // One block into each state, or as many as lie in all ciphertexts as they are.
    private void Absorb(Span<byte> block)
    {
        int blocks = int.MaxValue;
        for (int lane = 0; lane < _active; lane++) blocks = Math.Min(blocks, _lanes[lane].WholeBlocks);
        if (blocks > 0)
        {
            AbsorbWholeBlocks(block.Length, blocks);
            for (int lane = 0; lane < _active; lane++) _lanes[lane].Skip(blocks);
            return;
        }

        fixed (byte* source = block)
        {
            for (int lane = 0; lane < _active; lane++)
            {
                _lanes[lane].Take(block);
                _states.XorWords(lane, source, block.Length);
            }
        }

        _states.Permute(_active);
    }

    private void AbsorbWholeBlocks(int rate, int blocks)
    {
        if (_active == 1)
        {
            KeccakState state = default;
            _states.Get(0, ref state);
            KeccakPermutation.AbsorbBlocks(ref state, _lanes[0].Remaining()[..(blocks * rate)], rate);
            _states.Set(0, ref state);
            state.Clear();
            return;
        }

        fixed (byte* s0 = Remaining(0), s1 = Remaining(1), s2 = Remaining(2), s3 = Remaining(3))
        fixed (byte* s4 = Remaining(4), s5 = Remaining(5), s6 = Remaining(6), s7 = Remaining(7))
        {
            byte** sources = stackalloc byte*[KeccakLanes.Count] { s0, s1, s2, s3, s4, s5, s6, s7 };
            _states.AbsorbBlocks(sources, _active, rate, blocks);
        }
    }

    // An unused lane reads what the first one reads.
    private ReadOnlySpan<byte> Remaining(int lane) => _lanes[lane < _active ? lane : 0].Remaining();

    private static void SetResult(Span<bool> results, int index, bool result)
    {
        if (!results.IsEmpty) results[index] = result;
    }
}
