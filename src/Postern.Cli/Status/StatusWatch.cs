using Postern.Cli.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Postern.Cli.Status;

/// <summary>Looks at the running processes again and again: a view that changes in place on a terminal, one after the other elsewhere, or a line of JSON each.</summary>
internal sealed class StatusWatch
{
    private readonly CommandTerminal _terminal;
    private readonly int? _only;
    private readonly TimeSpan _interval;
    private readonly List<string> _warnings = [];
    private StatusLook? _former;

    public StatusWatch(CommandTerminal terminal, int? only, TimeSpan interval)
    {
        _terminal = terminal;
        _only = only;
        _interval = interval;
    }

    /// <summary>Lines of JSON, until it is cancelled.</summary>
    public Task WriteJsonAsync(CancellationToken cancellationToken) => EachAsync(
        look =>
        {
            _terminal.WriteJsonLine(look);
            _warnings.ForEach(_terminal.WriteWarning);
        },
        cancellationToken);

    /// <summary>For people, until it is cancelled.</summary>
    public Task ShowAsync(CancellationToken cancellationToken) => _terminal.IsOutputTerminal
        ? _terminal.OutConsole.Live(new Rows()).Overflow(VerticalOverflow.Crop).Cropping(VerticalOverflowCropping.Bottom).StartAsync(
            live => EachAsync(look => live.UpdateTarget(View(look)), cancellationToken))
        : EachAsync(look => _terminal.OutConsole.Write(View(look)), cancellationToken);

    private async Task EachAsync(Action<StatusLook> show, CancellationToken cancellationToken)
    {
        using PeriodicTimer timer = new(_interval, _terminal.Clock);
        try
        {
            do
            {
                _warnings.Clear();
                StatusLook look = new(_terminal.Clock.GetUtcNow(), await RunningProcesses.AskAsync(_terminal, _only, _warnings.Add, cancellationToken));
                show(look);
                _former = look;
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Whoever watches has seen enough.
        }
    }

    private Rows View(StatusLook look)
    {
        List<IRenderable> rows = [StatusView.Line($"{look.Time:u}, every {_interval.TotalSeconds:0.##} s; Ctrl-C ends")];
        if (look.Processes.Count == 0) rows.Add(StatusView.Line(RunningProcesses.NoneAnswers(_only)));
        rows.AddRange(StatusView.Of(look.Processes, _terminal.OutConsole.Profile.Width, ByteRates.Between(_former ?? look, look)));
        rows.AddRange(_warnings.Select(warning => StatusView.Line($"warning: {warning}")));
        return new Rows(rows);
    }
}
