using Dwirm.Policy;
using Dwirm.Policy.Plans;

namespace Dwirm.Enforcement.Tests;

/// <summary>Two managed devices on two networks of one router, real packets: either one's service is needed for every packet.</summary>
[Trait("Kind", "Kernel")]
public class BetweenTests
{
    private static readonly PlannedService Printing = Plans.Provide(1, Plans.Tcp(80)) with { Reach = ServiceReach.House };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Requirement", "DWIRM-27")]
    public void AFlowNeedsBothServicesToTheEnd(bool ipv6)
    {
        using House house = Apart(ipv6);
        string plug = ipv6 ? "fd00:2::30" : "192.168.2.48";
        PlannedService printer = Plans.Consume(2, Plans.To("192.168.2.48", 80)) with { Endpoints6 = [Plans.To6("fd00:2::30", 80)] };
        house.ServeEverywhere();
        house.Apply(PlanOf(printer, Printing));
        house.Expect("camera", plug, 80, true);
        house.Expect("camera", plug, 443, false);
        house.Expect("plug", ipv6 ? "fd00:1::10" : "192.168.1.16", 80, false);

        using Running flow = house["camera"].Start($"socat -u TCP:{(ipv6 ? $"[{plug}]" : plug)}:80 OPEN:{house.Directory}/flow,creat,append");
        Assert.True(house.FlowGrows());
        house.Apply(PlanOf(printer, Printing with { Active = false }));
        Assert.False(house.FlowGrows());
        house.Apply(PlanOf(printer, Printing));
        Assert.True(house.FlowGrows());
        house.Apply(PlanOf(printer, null));
        Assert.False(house.FlowGrows());
        house.Expect("camera", plug, 80, false);
        house.Apply(PlanOf(null, Printing));
        Assert.False(house.FlowGrows());
        house.Expect("camera", plug, 80, false);
    }

    // The plug's port leaves the bridge and becomes a network of its own.
    private static House Apart(bool ipv6)
    {
        var house = new House(ipv6);
        house.Router.Sh("ip link set p-plug nomaster; ip address add 192.168.2.1/24 dev p-plug");
        house["plug"].Sh("ip address flush dev eth0 scope global; ip address add 192.168.2.48/24 dev eth0; ip route add default via 192.168.2.1");
        if (!ipv6) return house;
        house.Router.Sh("ip address add fd00:2::1/64 dev p-plug nodad");
        house["plug"].Sh("ip address add fd00:2::30/64 dev eth0 nodad; ip route replace default via fd00:2::1");
        return house;
    }

    private static EnforcementPlan PlanOf(PlannedService? consumed, PlannedService? provided)
    {
        var guest = new PlannedNetwork("guest", "p-plug", false, Plans.Prefix("192.168.2.1/24"), NetworkPosture.Quarantine)
        {
            Prefixes6 = [Plans.Prefix6("fd00:2::1/64")],
        };
        PlannedDevice camera = Plans.Device(0x10, consumed is null ? [] : [consumed]) with { Addresses6 = [Plans.Ip6("fd00:1::10")] };
        PlannedDevice plug = Plans.Device(0x30, provided is null ? [] : [provided]) with
        {
            Device = "p-plug",
            Addresses4 = [Plans.Ip("192.168.2.48")],
            Addresses6 = [Plans.Ip6("fd00:2::30")],
        };
        return new EnforcementPlan([Plans.Lan() with { Prefixes6 = [Plans.Prefix6("fd00:1::1/64")] }, guest], [Plans.Wan()], [camera, plug]);
    }
}
