using IndustrialTwin.Operations;

namespace IndustrialTwin.Devices;

/// <summary>The forms a device keeps, the least recently used disposed first. Used by the owner thread alone.</summary>
internal sealed class FormCache(int formsMax)
{
    private readonly Dictionary<Operation, (IDisposable Form, long Used)> _forms = [];
    private long _clock;

    public OperationForm<TInput, TResult> Get<TInput, TResult>(Operation<TInput, TResult> operation, DeviceHardware hardware)
    {
        if (_forms.TryGetValue(operation, out var kept))
        {
            _forms[operation] = (kept.Form, ++_clock);
            return (OperationForm<TInput, TResult>)kept.Form;
        }

        if (_forms.Count >= formsMax)
            Drop(_forms.MinBy(entry => entry.Value.Used).Key);
        var form = hardware.CreateForm(operation);
        _forms.Add(operation, (form, ++_clock));
        return form;
    }

    public void Drop(Operation operation)
    {
        if (_forms.Remove(operation, out var kept))
            kept.Form.Dispose();
    }

    public void Clear()
    {
        // Forget first: a form whose device broke may throw when it is disposed, and must not be used again.
        var forms = _forms.Values.ToArray();
        _forms.Clear();
        foreach (var (form, _) in forms)
            form.Dispose();
    }
}
