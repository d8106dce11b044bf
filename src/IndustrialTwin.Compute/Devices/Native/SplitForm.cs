using IndustrialTwin.Operations;

namespace IndustrialTwin.Devices.Native;

/// <summary>Divides the jobs of a large launch among threads, each with a form of its own. A single job stays on one thread.</summary>
internal sealed class SplitForm<TInput, TResult> : OperationForm<TInput, TResult>
{
    private readonly Operation<TInput, TResult> _operation;
    private readonly Crew _crew;
    private readonly int _windowsMin;
    private readonly OperationForm<TInput, TResult>[] _forms;
    private readonly int[] _ends;
    private readonly Action<int> _part;
    private TInput[] _inputs = [];
    private TResult[] _results = [];

    public SplitForm(Operation<TInput, TResult> operation, NativeCode code, Crew crew, int windowsMin)
    {
        _operation = operation;
        _crew = crew;
        _windowsMin = windowsMin;
        _forms = [.. Enumerable.Range(0, crew.Size).Select(_ => operation.CreateNativeForm(code))];
        _ends = new int[crew.Size];
        _part = Part;
    }

    public override void Launch(ReadOnlySpan<TInput> inputs, Span<TResult> results)
    {
        var windows = 0L;
        foreach (var input in inputs)
            windows += Math.Max(1, _operation.WindowsOf(input));
        if (inputs.Length < 2 || windows < _windowsMin)
        {
            _forms[0].Launch(inputs, results);
            return;
        }

        if (_inputs.Length < inputs.Length)
            (_inputs, _results) = (new TInput[inputs.Length], new TResult[inputs.Length]);
        inputs.CopyTo(_inputs);
        try
        {
            _crew.Do(Divide(inputs, windows), _part);
            _results.AsSpan(0, inputs.Length).CopyTo(results);
        }
        finally
        {
            // What a caller gave, and what it got, is not kept alive until the next large launch.
            Array.Clear(_inputs);
            Array.Clear(_results);
        }
    }

    protected override void Dispose(bool disposing)
    {
        foreach (var form in _forms)
            form.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>Runs of jobs with about the same number of windows; gives how many.</summary>
    private int Divide(ReadOnlySpan<TInput> inputs, long windows)
    {
        var (parts, done) = (0, 0L);
        for (var i = 0; i < inputs.Length; i++)
        {
            done += Math.Max(1, _operation.WindowsOf(inputs[i]));
            if (done * _forms.Length >= windows * (parts + 1) || i == inputs.Length - 1)
                _ends[parts++] = i + 1;
            if (parts == _forms.Length)
            {
                _ends[parts - 1] = inputs.Length;
                break;
            }
        }

        return parts;
    }

    private void Part(int part)
    {
        var from = part == 0 ? 0 : _ends[part - 1];
        var length = _ends[part] - from;
        _forms[part].Launch(_inputs.AsSpan(from, length), _results.AsSpan(from, length));
    }
}
