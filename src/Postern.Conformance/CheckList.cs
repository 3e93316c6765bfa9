using System.Text.Json;

namespace Postern.Conformance;

/// <summary>Counts the checks of one file and keeps the reasons of those that failed.</summary>
internal sealed class CheckList(CancellationToken cancellationToken)
{
    private readonly List<string> _failures = [];
    private readonly List<string> _reasons = [];
    private int _passed;
    private int _unsupported;

    /// <summary>Runs one check: it passes if it returns, is unsupported if it says so, and fails on any other exception.</summary>
    /// <returns>Whether it passed.</returns>
    public bool Check(string where, Action check)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            check();
            _passed++;
            return true;
        }
        catch (UnsupportedVectorException exception)
        {
            Skip(exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Fail(where, exception.Message);
        }

        return false;
    }

    /// <summary>Checks every row of a section; a file may leave a section out.</summary>
    public void Each(JsonElement file, string section, Action<JsonElement> check)
    {
        if (!file.TryGetProperty(section, out JsonElement rows)) return;
        Each(rows, check, section);
    }

    /// <summary>Checks every row of an array.</summary>
    public void Each(JsonElement rows, Action<JsonElement> check, string where = "")
    {
        int index = 0;
        foreach (JsonElement row in rows.EnumerateArray())
        {
            Check($"{where}[{index++}]", () => check(row));
        }
    }

    /// <summary>Runs code that makes checks itself: what it throws fails the file, but its return is no check.</summary>
    public void Guard(Action action)
    {
        try
        {
            action();
        }
        catch (UnsupportedVectorException exception)
        {
            Skip(exception.Message);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Fail("file", exception.Message);
        }
    }

    public void Fail(string where, string reason) => _failures.Add($"{where}: {reason}");

    public FileResult ToResult(string path, string kind)
    {
        if (_passed + _unsupported + _failures.Count == 0) Fail("file", "there is nothing in it to check");
        FileStatus status = (_failures.Count, _passed) switch
        {
            ( > 0, _) => FileStatus.Failed,
            (_, > 0) => FileStatus.Passed,
            _ => FileStatus.Unsupported,
        };
        return new FileResult(path, kind, status, _passed, _failures.Count, _unsupported, _failures) { UnsupportedReasons = _reasons };
    }

    private void Skip(string reason)
    {
        _unsupported++;
        if (!_reasons.Contains(reason)) _reasons.Add(reason);
    }
}
