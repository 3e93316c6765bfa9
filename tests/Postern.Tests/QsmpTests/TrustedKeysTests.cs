using Postern.Qsmp;
using Postern.Tests.Support;

namespace Postern.Tests;

/// <summary>Whom a DUPLEX listener accepts. QSMP §6, row 23.</summary>
public sealed class TrustedKeysTests : IDisposable
{
    // Long after the files were written, so that their dates have settled.
    private readonly FakeClock _clock = new(TimeProvider.System.GetUtcNow().AddHours(1));
    private readonly TemporaryFolder _folder = new();

    private static byte[] Sender1 => QsmpVectors.Public("qsmd/keys/dk1_sender");

    private static byte[] Sender3 => QsmpVectors.Public("qsmd/keys/dk3_sender");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Fixed_keys_stay_as_they_were_given()
    {
        List<QsmpPublicKey> keys = [QsmpPublicKey.Parse(Sender1)];
        TrustedKeys trusted = TrustedKeys.Of(keys);
        keys.Clear();
        Assert.Single(trusted.Current);
        Assert.Empty(trusted.BrokenFiles);
        Assert.Empty(TrustedKeys.Of().Current);
        Assert.Throws<ArgumentException>("keys", () => TrustedKeys.Of(QsmpPublicKey.Parse(Sender1), null!));
    }

    [Fact]
    public void A_function_is_asked_each_time()
    {
        List<QsmpPublicKey> keys = [];
        TrustedKeys trusted = TrustedKeys.From(() => keys);
        Assert.Empty(trusted.Current);
        keys.Add(QsmpPublicKey.Parse(Sender1));
        Assert.Single(trusted.Current);
    }

    [Fact]
    public void A_folder_is_every_public_key_file_in_it_and_nothing_else()
    {
        _folder.Write("b.qpkey", Sender1);
        _folder.Write("a.qpkey", Sender3);
        _folder.Write("c.qpkey.tmp", Sender3);
        _folder.Write("notes.txt", "Remember the milk."u8);
        Directory.CreateDirectory(_folder.At("sub.qpkey"));
        TrustedKeys trusted = TrustedKeys.FromFolder(_folder.Path, _clock);
        Assert.Equal([Sender3, Sender1], trusted.Current.Select(key => key.ToBytes()));
        Assert.Empty(trusted.BrokenFiles);
    }

    [Fact]
    public void A_change_is_seen_after_a_second_and_not_before()
    {
        TrustedKeys trusted = TrustedKeys.FromFolder(_folder.Path, _clock);
        Assert.Empty(trusted.Current);
        _folder.Write("a.qpkey", Sender1);
        _clock.Advance(TimeSpan.FromMilliseconds(999));
        Assert.Empty(trusted.Current);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(Sender1, Assert.Single(trusted.Current).ToBytes());
        _folder.Write("b.qpkey", Sender3);
        _clock.AdvanceSeconds(1);
        Assert.Equal(2, trusted.Current.Count);
        File.Delete(_folder.At("a.qpkey"));
        _clock.AdvanceSeconds(1);
        Assert.Equal(Sender3, Assert.Single(trusted.Current).ToBytes());
    }

    [Fact]
    public void A_clock_that_is_set_back_does_not_keep_an_old_list()
    {
        TrustedKeys trusted = TrustedKeys.FromFolder(_folder.Path, _clock);
        Assert.Empty(trusted.Current);
        _folder.Write("a.qpkey", Sender1);
        _clock.AdvanceSeconds(-3600);
        Assert.Single(trusted.Current);
    }

    [Fact]
    public void Files_that_did_not_change_are_not_read_again()
    {
        _folder.Write("a.qpkey", Sender1);
        TrustedKeys trusted = TrustedKeys.FromFolder(_folder.Path, _clock);
        QsmpPublicKey key = Assert.Single(trusted.Current);
        _clock.AdvanceSeconds(1);
        Assert.Same(key, Assert.Single(trusted.Current));
        File.SetLastWriteTimeUtc(_folder.At("a.qpkey"), _clock.GetUtcNow().UtcDateTime.AddMinutes(-10));
        _clock.AdvanceSeconds(1);
        Assert.NotSame(key, Assert.Single(trusted.Current));
    }

    [Fact]
    public void A_file_written_a_moment_ago_is_read_again_though_size_and_date_are_the_same()
    {
        string path = _folder.Write("a.qpkey", Sender1);
        DateTime written = _clock.GetUtcNow().UtcDateTime;
        File.SetLastWriteTimeUtc(path, written);
        TrustedKeys trusted = TrustedKeys.FromFolder(_folder.Path, _clock);
        Assert.Single(trusted.Current);
        _folder.Write("a.qpkey", QsmpVectors.Public("qsmd/keys/dk1_listener"));
        File.SetLastWriteTimeUtc(path, written);
        _clock.AdvanceSeconds(1);
        Assert.Equal(QsmpVectors.Public("qsmd/keys/dk1_listener"), Assert.Single(trusted.Current).ToBytes());
    }

    [Fact]
    public void What_a_link_leads_to_is_always_read_again()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a privilege there.");
        using TemporaryFolder elsewhere = new();
        string target = elsewhere.Write("key", Sender1);
        File.CreateSymbolicLink(_folder.At("a.qpkey"), target);
        File.CreateSymbolicLink(_folder.At("b.qpkey"), elsewhere.At("nothing"));
        TrustedKeys trusted = TrustedKeys.FromFolder(_folder.Path, _clock);
        Assert.Equal(Sender1, Assert.Single(trusted.Current).ToBytes());
        Assert.Equal(_folder.At("b.qpkey"), Assert.Single(trusted.BrokenFiles).Path);
        elsewhere.Write("key", Sender3);
        _clock.AdvanceSeconds(1);
        Assert.Equal(Sender3, Assert.Single(trusted.Current).ToBytes());
    }

    [Fact]
    public void Broken_files_are_passed_over_and_named()
    {
        _folder.Write("good.qpkey", Sender1);
        _folder.Write("cut.qpkey", Sender1.AsSpan(0, 500));
        _folder.Write("large.qpkey", new byte[70_000]);
        _folder.Write("empty.qpkey", []);
        TrustedKeys trusted = TrustedKeys.FromFolder(_folder.Path, _clock);
        Assert.Equal(Sender1, Assert.Single(trusted.Current).ToBytes());
        Assert.Equal(
            [_folder.At("cut.qpkey"), _folder.At("empty.qpkey"), _folder.At("large.qpkey")],
            trusted.BrokenFiles.Select(file => file.Path), StringComparer.Ordinal);
        Assert.Contains("larger than", trusted.BrokenFiles[2].Reason, StringComparison.Ordinal);
        _folder.Write("cut.qpkey", Sender3);
        _clock.AdvanceSeconds(1);
        Assert.Equal(2, trusted.Current.Count);
        Assert.Equal(2, trusted.BrokenFiles.Count);
    }

    [Fact]
    public void A_folder_that_is_gone_trusts_nobody_and_one_that_comes_back_is_read()
    {
        string path = _folder.At("trusted");
        TrustedKeys trusted = TrustedKeys.FromFolder(path, _clock);
        Assert.Empty(trusted.Current);
        Assert.Equal(path, Assert.Single(trusted.BrokenFiles).Path);
        Directory.CreateDirectory(path);
        _folder.Write("trusted/a.qpkey", Sender1);
        _clock.AdvanceSeconds(1);
        Assert.Single(trusted.Current);
        Assert.Empty(trusted.BrokenFiles);
        Directory.Delete(path, recursive: true);
        _clock.AdvanceSeconds(1);
        Assert.Empty(trusted.Current);
    }
}
