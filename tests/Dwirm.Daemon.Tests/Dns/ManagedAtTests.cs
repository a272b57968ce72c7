using System;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Tests.Service;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Daemon.Tests.Dns;

/// <summary>Whose question it is: the forwarder answers managed devices on their own network and nobody else.</summary>
[Trait("Requirement", "DNS-06")]
public class ManagedAtTests
{
    private static readonly MacAddress Camera = new(0x020000000010), Laptop = new(0x020000000020);

    [Fact]
    public void The_holder_of_a_lease_is_known_by_it_on_its_own_network()
    {
        using var router = new TestRouter();
        UInt128 camera = Mapped(router.Lease(Camera)), laptop = Mapped(router.Lease(Laptop));
        Assert.Null(router.State.ManagedAt("lan", camera));
        Device device = Manage(router, Camera);
        Assert.Same(device, router.State.ManagedAt("lan", camera));
        Assert.Null(router.State.ManagedAt("iot", camera));
        Assert.Null(router.State.ManagedAt("lan", laptop));
        Assert.Null(router.State.ManagedAt("lan", camera + 17));
        // Without an IPv6 learner nobody is known by such an address.
        Assert.Null(router.State.ManagedAt("lan", Ipv6Address.LinkLocalFrom(Camera).Value));
    }

    private static Device Manage(TestRouter router, MacAddress mac)
    {
        var device = new Device(new DeviceRecord { Mac = mac, Network = "lan", State = DeviceState.Granted });
        router.State.Devices.Add(device);
        return device;
    }

    private static UInt128 Mapped(Ipv4Address address) => (UInt128)0xffff00000000 | address.Value;
}
