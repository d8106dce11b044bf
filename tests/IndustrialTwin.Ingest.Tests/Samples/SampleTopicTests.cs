using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;

namespace IndustrialTwin.Samples;

public sealed class SampleTopicTests
{
    [Fact]
    public void A_machines_topic_reads_back_as_the_machine()
    {
        var machine = MachineKey.Parse("wuhan/line-3/press-07");
        Assert.Equal("itwin/v1/wuhan/line-3/press-07/samples", SampleTopic.Of(machine));
        Assert.True(SampleTopic.TryParse(SampleTopic.Of(machine), out var read));
        Assert.Equal(machine, read);
    }

    [Theory]
    [InlineData("itwin/v1/samples")]
    [InlineData("itwin/v1//samples")]
    [InlineData("itwin/v1/wuhan/line-3/samples")]
    [InlineData("itwin/v1/wuhan/line-3/press-07/x/samples")]
    [InlineData("itwin/v1/wuhan/line 3/press-07/samples")]
    [InlineData("itwin/v1/wuhan//press-07/samples")]
    [InlineData("itwin/v2/wuhan/line-3/press-07/samples")]
    [InlineData("itwin/v1/wuhan/line-3/press-07/state")]
    [InlineData("")]
    public void Other_topics_name_no_machine(string topic) => Assert.False(SampleTopic.TryParse(topic, out _));

    [Theory]
    [InlineData(QuarantineReason.InvalidUtf8, "itwin/v1/quarantine/invalid-utf8")]
    [InlineData(QuarantineReason.MalformedJson, "itwin/v1/quarantine/malformed-json")]
    [InlineData(QuarantineReason.UnknownMachine, "itwin/v1/quarantine/unknown-machine")]
    public void A_reason_has_a_topic(QuarantineReason reason, string topic) => Assert.Equal(topic, SampleTopic.OfQuarantine(reason));

    [Fact]
    public void The_shared_filter_names_its_group()
    {
        Assert.Equal("$share/itwin/itwin/v1/+/+/+/samples", SampleTopic.SharedFilter);
        Assert.Equal("$share/east/itwin/v1/+/+/+/samples", SampleTopic.SharedFilterOf("east"));
        Assert.Throws<ArgumentException>(() => SampleTopic.SharedFilterOf("a/b"));
    }
}
