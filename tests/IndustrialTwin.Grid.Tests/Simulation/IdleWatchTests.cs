using Xunit;

namespace IndustrialTwin.Simulation;

public sealed class IdleWatchTests
{
    private const int Queue = 0;

    [Fact]
    public void Work_that_waits_beside_an_idle_device_is_measured_until_the_device_begins()
    {
        var watch = new IdleWatch(devices: 2, queues: 1, sites: 1);
        watch.DeviceIdle(1, true, 50);
        watch.Waits(Queue, 1, 100);
        watch.DeviceIdle(1, false, 400);
        watch.DeviceIdle(1, true, 500);
        Assert.Equal(300, watch.LongestUs);
        watch.Waits(Queue, 0, 900);
        Assert.Equal(400, watch.LongestUs);
        Assert.Equal(700, watch.TotalUs);
    }

    [Fact]
    public void Batches_that_are_given_one_after_the_other_have_waited_all_that_time()
    {
        var watch = Idle(devices: 3);
        watch.Waits(Queue, 3, 100);
        for (var given = 1; given <= 3; given++)
        {
            watch.Gives(Queue, 100 + given * 100);
            watch.Waits(Queue, 3 - given, 100 + given * 100);
        }

        Assert.Equal(300, watch.LongestUs);
    }

    [Fact]
    public void What_is_left_of_a_batch_waits_from_then_on()
    {
        var watch = Idle(devices: 3);
        for (var given = 0; given <= 5; given++)
        {
            if (given > 0)
                watch.Gives(Queue, 100 + given * 100);
            watch.Waits(Queue, 1, 100 + given * 100);
        }

        Assert.Equal(100, watch.LongestUs);
    }

    [Fact]
    public void Batches_beyond_the_idle_devices_do_not_wait_beside_one()
    {
        var watch = Idle(devices: 1);
        watch.Waits(Queue, 2, 100);
        watch.Gives(Queue, 200);
        watch.DeviceIdle(0, false, 250);
        watch.DeviceIdle(0, true, 900);
        watch.Waits(Queue, 0, 1_000);
        Assert.Equal(100, watch.LongestUs);
    }

    [Fact]
    public void Devices_of_other_sites_do_not_count()
    {
        var watch = new IdleWatch(devices: 2, queues: 2, sites: 2);
        watch.DeviceIdle(1, true, 0);
        watch.Waits(Queue, 1, 100);
        watch.Waits(Queue, 0, 900);
        Assert.Equal((0, 0), (watch.LongestUs, watch.TotalUs));
    }

    private static IdleWatch Idle(int devices)
    {
        var watch = new IdleWatch(devices, queues: 1, sites: 1);
        for (var device = 0; device < devices; device++)
            watch.DeviceIdle(device, true, 0);
        return watch;
    }
}
