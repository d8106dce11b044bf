using System.ComponentModel.DataAnnotations;

namespace IndustrialTwin.Identities;

public class SecurityOptionsTests
{
    [Fact]
    public void A_proof_may_be_as_old_as_a_pass_and_a_wrong_value_is_named()
    {
        Assert.Empty(Faults(new SecurityOptions()));
        Assert.Empty(Faults(new SecurityOptions { ProofAgeMax = TimeSpan.FromMinutes(5) }));
        Assert.Contains("Security:ProofAgeMax is 00:04:00; expected PassLifetime, 00:05:00, or more", Assert.Single(Faults(new SecurityOptions { ProofAgeMax = TimeSpan.FromMinutes(4) })), StringComparison.Ordinal);
        Assert.Contains("Security:SeveralFactorsFrom is Device", Assert.Single(Faults(new SecurityOptions { SeveralFactorsFrom = Role.Device })), StringComparison.Ordinal);
    }

    [Fact]
    public void With_a_provider_several_factors_are_asked_of_engineers_and_above_and_devices_never()
    {
        var options = new SecurityOptions();
        Assert.DoesNotContain(Enum.GetValues<Role>(), options.AsksSeveralFactors);
        options.Provider.Authority = "https://login.example";
        Assert.Equal([Role.Engineer, Role.Administrator], Enum.GetValues<Role>().Where(options.AsksSeveralFactors));
        options.SeveralFactorsFrom = Role.Viewer;
        Assert.Equal([Role.Viewer, Role.Operator, Role.Engineer, Role.Administrator], Enum.GetValues<Role>().Where(options.AsksSeveralFactors));
        options.SeveralFactorsFrom = Role.None;
        Assert.DoesNotContain(Enum.GetValues<Role>(), options.AsksSeveralFactors);
    }

    private static IEnumerable<string> Faults(SecurityOptions options)
    {
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), found, validateAllProperties: true);
        return found.Select(fault => fault.ErrorMessage!);
    }
}
