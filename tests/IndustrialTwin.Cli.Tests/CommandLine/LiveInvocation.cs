using IndustrialTwin.CommandLine;
using Spectre.Console;

namespace IndustrialTwin;

/// <summary>A command that runs until it is interrupted, and what it wrote so far.</summary>
internal sealed class LiveInvocation : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly StringWriter _output = new();
    private readonly TextWriter _synchronized;
    private readonly CancellationTokenSource _interrupt = new();
    private readonly Task<int> _run;

    public LiveInvocation(params string[] args)
    {
        _synchronized = TextWriter.Synchronized(_output);
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(TextWriter.Null) });
        _run = Itwin.RunAsync(args, new Terminal(_synchronized, _synchronized, console), _interrupt.Token);
    }

    /// <summary>Waits until it has written something, doing something again and again in between.</summary>
    public async Task UntilAsync(string written, Func<Task>? meanwhile = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!Written().Contains(written, StringComparison.Ordinal))
        {
            if (_run.IsCompleted || patience.IsCancellationRequested)
            {
                throw new InvalidOperationException($"'{written}' did not come; what came was:\n{Written()}");
            }

            await (meanwhile?.Invoke() ?? Task.CompletedTask);
            await Task.Delay(50, CancellationToken.None);
        }
    }

    /// <summary>Ctrl+C; answers the exit code.</summary>
    public async Task<int> InterruptAsync()
    {
        await _interrupt.CancelAsync();
        return await _run.WaitAsync(Patience);
    }

    public void Dispose()
    {
        _interrupt.Dispose();
        _output.Dispose();
    }

    private string Written()
    {
        lock (_synchronized) // What a synchronized writer locks itself.
        {
            return _output.ToString();
        }
    }
}
