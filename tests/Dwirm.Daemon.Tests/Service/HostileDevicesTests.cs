using System.Text;
using Dwirm.Daemon.Devices;
using Dwirm.TestKit;
using Dwirm.Wire;

namespace Dwirm.Daemon.Tests.Service;

/// <summary>What devices do on purpose stays bounded.</summary>
public class HostileDevicesTests
{
    private const string Other = """{"IoT Profile":{"Provide":{"Anything":{"Ports":"7000","Rate":"2Mbps"}}}}""";
    private static readonly MacAddress Camera = new(0x020000000001);

    [Fact]
    public void Known_devices_cannot_grow_past_the_budget_by_asking_for_more()
    {
        using var router = new TestRouter();
        string large = Large(7000);
        for (ulong mac = 1; mac <= 1000; mac++) router.Receive(Dhcpv4Builder.DwirmClient(new MacAddress(mac), Other));
        for (ulong mac = 1; mac <= 1000; mac++) router.Receive(Dhcpv4Builder.DwirmClient(new MacAddress(mac), large));
        long held = 0;
        foreach (Device device in router.State.Devices.All) held += device.Weight;
        Assert.InRange(held, 1, DeviceTable.MaxWeight);
        Assert.True(router.State.Devices.Count > 100);
    }

    [Fact]
    public void A_device_that_is_forgotten_while_its_offer_waits_leaves_nothing_behind()
    {
        using var router = new TestRouter();
        // More often than offers may wait at all.
        for (int i = 0; i < 600; i++)
        {
            Assert.Empty(router.Receive(Dhcpv4Builder.DwirmClient(Camera, Other)));
            Assert.Null(router.Owner.Forget(Camera, router.Now));
            router.Wait(1000);
        }
        Assert.Empty(router.Receive(Dhcpv4Builder.DwirmClient(Camera, Other)));
        Assert.Single(router.Wait(100));
    }

    [Fact]
    public void Offers_that_wait_are_bounded_in_octets()
    {
        using var router = new TestRouter();
        for (ulong mac = 1; mac <= 100; mac++) router.Receive(Dhcpv4Builder.DwirmClient(new MacAddress(mac), Other).PadTo(16_000));
        long octets = 0;
        foreach (Device device in router.State.Devices.All) octets += device.HeldDiscover?.Length ?? 0;
        Assert.InRange(octets, 16_000, 1024 * 1024);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Writes_to_flash_are_bounded_whoever_asks_for_them(bool known)
    {
        using var router = new TestRouter();
        string[] profiles = [Other, Other.Replace("7000", "7001", System.StringComparison.Ordinal)];
        for (int second = 0; second < 50; second++)
        {
            for (uint i = 0; i < 60; i++)
            {
                ulong mac = known ? 1 + i : 1 + i + 60ul * (uint)second;
                router.Receive(Dhcpv4Builder.DwirmClient(new MacAddress(mac), profiles[second % 2]));
            }
            router.Wait(1000);
        }
        Assert.InRange(router.Store.Written, 2000, 2600);
    }

    private static string Large(int octets)
    {
        var text = new StringBuilder("""{"IoT Profile":{"Provide":{"Anything":{"Ports":"7000","Rate":"2Mbps","X":[""");
        for (int i = 0; text.Length < octets; i++) text.Append(i == 0 ? "\"" : ",\"").Append('x', 400).Append('"');
        return text.Append("]}}}}").ToString();
    }
}
