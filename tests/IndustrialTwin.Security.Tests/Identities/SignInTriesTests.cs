using IndustrialTwin.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace IndustrialTwin.Identities;

/// <summary>How often one may try, and how often one may call.</summary>
public class SignInTriesTests(SecuredCluster cluster)
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("http")]
    [InlineData("mqtt")]
    [InlineData("grid")]
    public async Task An_address_that_fails_too_often_is_not_looked_at_by_any_way_and_others_are(string way)
    {
        var max = cluster.Silo.GetRequiredService<IOptions<SecurityOptions>>().Value.FailedSignInsPerMinuteMax;
        var key = KeyText.Make(new AccessKeyRequest("good", Role.Viewer, "alpha-1"), 1);
        await cluster.Store.AddKeyAsync(key.Stored, Cancelled);
        await cluster.Silo.GetRequiredService<AccessBook>().RefreshAsync(Cancelled);
        var address = $"10.0.0.{way.Length}{way[0] % 10}";
        Assert.NotNull(await cluster.Door.SignInAsync(key.Text, $"{way} {address}", Cancelled));
        for (var failed = 0; failed < 2 * max; failed++)
        {
            Assert.Null(await cluster.Door.SignInAsync(key.Text[..^4] + "AAAA", $"{way} {address}", Cancelled));
        }

        foreach (var other in (string[])["http", "mqtt", "grid"])
        {
            Assert.Null(await cluster.Door.SignInAsync(key.Text, $"{other} {address}", Cancelled));
            Assert.NotNull(await cluster.Door.SignInAsync(key.Text, $"{other} 10.0.1.1", Cancelled));
        }
    }

    [Fact]
    public async Task A_client_of_the_grid_is_counted_by_the_address_that_its_gateway_sees()
    {
        // Of refusals only so many are written in a second, and other tests are refused too.
        for (var tries = 0; ; tries++)
        {
            await SecuredCluster.AsAsync(null, () => cluster.Client.GetGrain<ISignInGrain>(ISignInGrain.Key).SignIn("itwin_aaaaaaaa_" + new string('A', 43)));
            var records = await cluster.Audit.ReadAsync(1, 100_000, Cancelled);
            if (records.Any(record => record.Event.What == "sign-in" && record.Event.Where.StartsWith("grid ", StringComparison.Ordinal) && System.Net.IPAddress.TryParse(record.Event.Where[5..], out _)))
            {
                return;
            }

            Assert.True(tries < 5, "No refused sign-in has the address of its client.");
            await Task.Delay(TimeSpan.FromSeconds(1), Cancelled);
        }
    }

    [Fact]
    public async Task Calls_beyond_an_identity_s_rate_are_refused_by_its_setting_and_others_are_not()
    {
        var settings = cluster.Silos.Select(silo => silo.GetRequiredService<IOptions<SecurityOptions>>().Value).ToList();
        var before = settings[0].CallsPerSecondMax;
        settings.ForEach(one => one.CallsPerSecondMax = 3);
        try
        {
            var greedy = cluster.Pass(Role.Administrator, "alpha-1", name: "greedy");
            var keys = cluster.Client.GetGrain<IAccessKeyGrain>(IAccessKeyGrain.Key);
            QuotaExceededException? refused = null;
            for (var call = 0; call < 1_000 && refused is null; call++)
            {
                try
                {
                    await SecuredCluster.AsAsync(greedy, () => keys.List());
                }
                catch (QuotaExceededException fault)
                {
                    refused = fault;
                }
            }

            Assert.Contains("Security:CallsPerSecondMax = 3", refused!.Message, StringComparison.Ordinal);
            await SecuredCluster.AsAsync(cluster.Pass(Role.Administrator, "alpha-1", name: "calm"), () => keys.List());
        }
        finally
        {
            settings.ForEach(one => one.CallsPerSecondMax = before);
        }
    }
}
