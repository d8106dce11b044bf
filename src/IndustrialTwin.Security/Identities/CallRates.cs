using System.Collections.Concurrent;
using IndustrialTwin.Tenants;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Identities;

/// <summary>How often each identity may call grains from outside the silos.</summary>
internal sealed class CallRates(IOptions<SecurityOptions> options, TimeProvider clock)
{
    private const int CallersMax = 10_000;

    private readonly ConcurrentDictionary<string, Allowance> _callers = new();

    /// <summary>Takes one call off a caller's allowance.</summary>
    /// <exception cref="QuotaExceededException">It has none left now.</exception>
    public void Take(Caller caller)
    {
        if (_callers.Count >= CallersMax)
        {
            _callers.Clear();
        }

        var allowance = _callers.GetOrAdd(caller.Id, _ => new Allowance(options.Value.CallsPerSecondMax, clock));
        if (!allowance.TryTake(1))
        {
            throw new QuotaExceededException(
                $"'{caller.Name}' makes more than {SecurityOptions.Section}:{nameof(SecurityOptions.CallsPerSecondMax)} = {options.Value.CallsPerSecondMax} calls a second; call again later.");
        }
    }
}
