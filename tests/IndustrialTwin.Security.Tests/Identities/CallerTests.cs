using CsCheck;

namespace IndustrialTwin.Identities;

public class CallerTests
{
    [Theory]
    [InlineData("wuhan", "wuhan", true)]
    [InlineData("wuhan", "wuhan/line-3/press-07", true)]
    [InlineData("wuhan", "wuhan-2", false)]
    [InlineData("wuhan/line-3", "wuhan", false)]
    [InlineData("wuhan/line-3", "wuhan/line-30", false)]
    [InlineData("wuhan/line-3", "wuhan/line-3/press-07", true)]
    [InlineData("*", "anything/at/all", true)]
    [InlineData("", "wuhan", false)]
    public void A_scope_covers_whole_segments(string scope, string key, bool covers) =>
        Assert.Equal(covers, new Caller("1", "n", Role.Viewer, [scope]).Covers(key));

    [Fact]
    public void What_a_caller_covers_it_sees_and_what_lies_beside_it_does_not()
    {
        var segment = Gen.Char["ab"].Array[1, 2].Select(letters => new string(letters));
        var key = segment.Array[1, 3].Select(segments => string.Join('/', segments));
        Gen.Select(key, key).Sample((scope, target) =>
        {
            var caller = new Caller("1", "n", Role.Viewer, [scope]);
            var (above, wanted) = (scope.Split('/'), target.Split('/'));
            var covers = above.Length <= wanted.Length && above.SequenceEqual(wanted.Take(above.Length));
            var sees = covers || (wanted.Length < above.Length && wanted.SequenceEqual(above.Take(wanted.Length)));
            Assert.Equal(covers, caller.Covers(target));
            Assert.Equal(sees, caller.Sees(target));
        });
    }

    [Fact]
    public void Roles_include_those_below_and_devices_stand_apart()
    {
        Role[] people = [Role.Viewer, Role.Operator, Role.Engineer, Role.Administrator];
        foreach (var has in people)
        {
            foreach (var needs in people)
            {
                Assert.Equal(has >= needs, new Caller("1", "n", has, ["*"]).Has(needs));
            }

            Assert.False(new Caller("1", "n", Role.Device, ["*"]).Has(has));
            Assert.Equal(has >= Role.Engineer, new Caller("1", "n", has, ["*"]).Has(Role.Device));
            Assert.False(new Caller("1", "n", Role.None, ["*"]).Has(has));
        }
    }
}
