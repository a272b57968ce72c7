using System.Text;
using Dwirm.Daemon.Devices;
using Dwirm.TestKit;
using Dwirm.Wire;

namespace Dwirm.Daemon.Tests.Service;

/// <summary>What devices do on purpose stays bounded.</summary>
public class HostileDevicesTests
{
    private const string Other = """{"IoT Profile":{"Provide":{"Anything":{"Ports":"7000","Rate":"2Mbps"}}}}""";
    private static readonly MacAddress Camera = new(0x020000000001), Laptop = new(0x020000000002);

    [Fact]
    public void Known_devices_cannot_grow_past_the_budget_by_asking_for_more()
    {
        using var router = new TestRouter();
        string large = Large(7000);
        for (ulong mac = 1; mac <= 1000; mac++) router.Receive(Dhcpv4Builder.DwirmClient(new MacAddress(mac), Other));
        for (ulong mac = 1; mac <= 1000; mac++) router.Receive(Dhcpv4Builder.DwirmClient(new MacAddress(mac), large));
        long held = 0;
        foreach (Device device in router.State.Devices.All) held += device.Weight;
        Assert.InRange(held, 1, DeviceTable.MinWeight);
        Assert.True(router.State.Devices.Count > 100);
    }

    [Fact]
    public void Every_device_on_record_has_room_for_a_budget_of_its_own_in_the_kernel()
    {
        string script = Dwirm.Enforcement.NftScript.Render(new Dwirm.Policy.Plans.EnforcementPlan([], [], []));
        var budgets = System.Text.RegularExpressions.Regex.Matches(script, @"set (\w+) {\s+type ether_addr\s+size (\d+)\s+flags [a-z,]*dynamic");
        Assert.Equal(5, budgets.Count);
        Assert.All(budgets, one => Assert.True(int.Parse(one.Groups[2].Value, System.Globalization.CultureInfo.InvariantCulture) >= DeviceTable.MaxDevices, one.Groups[1].Value));
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
        Assert.InRange(router.Store.Written, 512, known ? 640 : 530);
    }

    [Fact]
    public void Strangers_do_not_use_up_what_devices_on_record_may_ask_for()
    {
        using var router = new TestRouter();
        router.Receive(Dhcpv4Builder.DwirmClient(Camera, Other));
        for (uint i = 0; i < 600; i++) router.Receive(Dhcpv4Builder.DwirmClient(new MacAddress(0x02aa00000000u + i), Other));
        router.Receive(Dhcpv4Builder.DwirmClient(Laptop, Other));
        Assert.Null(router.State.Devices.Find(Laptop));
        string changed = Other.Replace("7000", "7001", System.StringComparison.Ordinal);
        router.Receive(Dhcpv4Builder.DwirmClient(Camera, changed));
        Assert.Contains("7001", router.Device(Camera).Record.RequestedJson, System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Coming_and_going_or_another_name_each_time_costs_a_managed_device_no_flash(bool goes)
    {
        using var router = new TestRouter();
        router.Receive(Dhcpv4Builder.DwirmClient(Camera, Other.Replace("Anything", "Video Stream", System.StringComparison.Ordinal)));
        Ipv4Address address = router.Lease(Camera);
        for (int i = 0; i < 3000; i++)
        {
            if (!goes) router.Receive(Dhcpv4Builder.Renew(Camera, address).Text(Dwirm.Wire.Dhcp4.Dhcpv4OptionCode.HostName, $"name-{i}"));
            else
            {
                router.Receive(Dhcpv4Builder.Release(Camera, address, router.Lan.RouterAddress));
                Assert.Equal(address, router.Lease(Camera));
            }
        }
        Assert.InRange(router.Store.Written, 1, 1100);
    }

    /// <summary>Whatever is sent instead of a profile: nothing is granted, little is written, and an ordinary client is served in the same turn.</summary>
    [Fact]
    [Trait("Requirement", "DWIRM-04")]
    [Trait("Requirement", "DWIRM-21")]
    public void Profiles_that_are_none_cost_nobody_else_anything()
    {
        using var router = new TestRouter();
        byte[][] wrong =
        [
            [], [0xff, 0xfe], Encoding.UTF8.GetBytes(Large(8 * 1024 + 1)), Encoding.UTF8.GetBytes(new string('[', 4000)),
            Encoding.UTF8.GetBytes(string.Concat(System.Linq.Enumerable.Repeat("{\"a\":", 500))), "{\"IoT Profile\":{\"Provide\":{},\"Provide\":{}}}"u8.ToArray(),
            "{\"IoT Profile\":{\"Provide\":{\"\u0000\":{}}}}"u8.ToArray(), [.. "{\"IoT Profile\":{\"Description\":\""u8, 0xc3, 0x28, .. "\"}}"u8],
            "{\"IoT Profile\":{\"Status\":\"Accept\"}}"u8.ToArray(),
        ];
        for (uint i = 0; i < 900; i++)
        {
            var attacker = new MacAddress(0x060000000000UL + i % 60);
            Dhcpv4Builder message = Dhcpv4Builder.Message(Dwirm.Wire.Dhcp4.Dhcpv4MessageType.DefaultDwirmClient, attacker, 5);
            router.State.Service.Handle(router.Lan, message.Long(Dwirm.Wire.Dhcp4.Dhcpv4OptionCode.DefaultProfile, wrong[i % wrong.Length]).Build(), unicast: false, router.Now);
            if (i % 100 == 0) Assert.Contains(router.Receive(Dhcpv4Builder.Discover(new MacAddress(0x020000000100UL + i), xid: 6)), static one => one.Xid == 6);
        }
        router.Commit();
        foreach (Device device in router.State.Devices.All) Assert.True(device.Grant is null && device.Record.State == Dwirm.Policy.DeviceState.Quarantined, device.Record.State.ToString());
        Assert.InRange(router.State.Devices.Count, 1, 60);
        Assert.InRange(router.Store.Written, 1, 70);
    }

    /// <summary>A profile that is another one each time is weighed at a bounded rate, and what was granted last holds meanwhile.</summary>
    [Fact]
    [Trait("Requirement", "DWIRM-26")]
    public void A_profile_that_changes_all_the_time_is_weighed_now_and_then()
    {
        using var router = new TestRouter();
        int answered = 0;
        for (int i = 0; i < 1000; i++)
        {
            string json = $"{{\"IoT Profile\":{{\"Provide\":{{\"Video Stream\":{{\"Ports\":\"{1000 + i}\"}}}}}}}}";
            answered += router.Receive(Dhcpv4Builder.DwirmClient(Camera, json)).Exists(static one => one.Profile.Length > 0) ? 1 : 0;
            if (i % 100 == 99) router.Wait(1000);
        }
        Assert.InRange(answered, 1, 8 + 10);
        Assert.Single(router.Enforced(Camera)!.Services);
        Assert.InRange(router.Store.Written, 1, 40);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-30")]
    public void The_history_of_a_device_with_long_names_stays_short()
    {
        using var router = new TestRouter();
        var json = new StringBuilder("{\"IoT Profile\":{\"Provide\":{");
        for (int i = 0; i < 8; i++) json.Append(i == 0 ? "" : ",").Append('"').Append('n', 500).Append(i).Append("\":{\"Ports\":\"80\"}");
        router.Receive(Dhcpv4Builder.DwirmClient(Camera, json.Append("}}}").ToString()));
        Assert.Null(router.Owner.Deny(Camera, router.Now));
        router.Commit();
        Assert.Equal(["asked", "pending", "denied"], router.Store.Events.ConvertAll(static entry => entry.Kind));
        Assert.All(router.Store.Events, entry => Assert.InRange(entry.Detail.Length + entry.Before.Length + entry.After.Length, 0, 700));
    }

    private static string Large(int octets)
    {
        var text = new StringBuilder("""{"IoT Profile":{"Provide":{"Anything":{"Ports":"7000","Rate":"2Mbps","X":[""");
        for (int i = 0; text.Length < octets; i++) text.Append(i == 0 ? "\"" : ",\"").Append('x', 400).Append('"');
        return text.Append("]}}}}").ToString();
    }
}
