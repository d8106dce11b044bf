using System.Reflection;

namespace IndustrialTwin.Identities;

public class DeclarationTests
{
    private static IEnumerable<MethodInfo> Methods => typeof(Caller).Assembly.GetTypes()
        .Where(type => type.IsInterface && typeof(IGrain).IsAssignableFrom(type))
        .SelectMany(type => type.GetMethods().Where(method => !method.IsStatic));

    [Fact]
    public void Every_grain_method_declares_who_may_call_it()
    {
        Assert.True(Methods.Count() > 40);
        Assert.Empty(Methods.Where(method => method.GetCustomAttribute<AccessAttribute>() is null).Select(method => $"{method.DeclaringType!.Name}.{method.Name}"));
    }

    [Fact]
    public void Only_the_door_is_open_to_all() => Assert.Equal(
        ["ISignInGrain.SignIn"], Methods.Where(method => method.GetCustomAttribute<OpenToAllAttribute>() is not null).Select(method => $"{method.DeclaringType!.Name}.{method.Name}"));

    /// <summary>What is audited asks for a recent sign-in too, but for what must not wait for one: alarms, and ending one's own sessions.</summary>
    [Fact]
    public void What_gives_power_away_or_changes_what_others_rely_on_asks_for_a_recent_sign_in()
    {
        string[] atOnce = ["IMachineGrain.CommandAlarm", "ISessionGrain.End", "ISessionGrain.EndOthers"];
        var asks = Methods.ToLookup(method => method.GetCustomAttribute<RequiresRoleAttribute>() is { Audited: true, Fresh: var fresh } ? fresh : (bool?)null, method => $"{method.DeclaringType!.Name}.{method.Name}");
        Assert.Equal(atOnce, asks[false].Order());
        Assert.Contains("IAccessKeyGrain.Create", asks[true]);
        Assert.DoesNotContain(Methods, method => method.GetCustomAttribute<RequiresRoleAttribute>() is { Audited: false, Fresh: true });
    }

    [Fact]
    public void What_changes_something_is_audited()
    {
        string[] changes = ["Apply", "Retire", "CommandAlarm", "Create", "Revoke", "Set", "End", "EndOthers", "EndOfAnybody"];
        Assert.Empty(Methods.Where(method => changes.Contains(method.Name) && method.GetCustomAttribute<RequiresRoleAttribute>() is not { Audited: true })
            .Select(method => $"{method.DeclaringType!.Name}.{method.Name}"));
    }
}
