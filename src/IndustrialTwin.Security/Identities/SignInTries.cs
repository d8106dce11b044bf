using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using IndustrialTwin.Tenants;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Identities;

/// <summary>
/// How often an address may fail to sign in, by whatever way. Once it has used that up nothing that it shows is looked at, be it good
/// or not, until some of it has come back: a minute brings all.
/// </summary>
internal sealed class SignInTries(IOptions<SecurityOptions> options, TimeProvider clock) : IDisposable
{
    private const int AddressesMax = 10_000;

    private readonly ConcurrentDictionary<string, Allowance> _addresses = new();
    private readonly Meter _meter = new("IndustrialTwin.Security");
    private Counter<long>? _failures;

    /// <summary>Whether what an address shows is looked at now.</summary>
    public bool Has(string address) => !_addresses.TryGetValue(address, out var tries) || tries.Has(1);

    /// <summary>Counts a failure.</summary>
    public void Failed(string address, string way)
    {
        if (_addresses.Count >= AddressesMax)
        {
            _addresses.Clear();
        }

        var max = options.Value.FailedSignInsPerMinuteMax;
        _addresses.GetOrAdd(address, _ => new Allowance(max / 60.0, clock, max)).TryTake(1);
        (_failures ??= _meter.CreateCounter<long>("itwin.sign_in.failures", "{sign-in}", "Sign-ins that failed.")).Add(1, KeyValuePair.Create("itwin.way", (object?)way));
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
