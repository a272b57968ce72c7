using Dwirm.Daemon.Service;
using Dwirm.Dhcp;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Policy.Rules;
using Dwirm.TestKit;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Daemon.Tests.Service;

/// <summary>What was granted in one place, to one request or under one policy does not hold in another.</summary>
public class NeverWiderTests
{
    private const string Video = """{"IoT Profile":{"Provide":{"Video Stream":{"Ports":"88-99","Rate":"2Mbps"}}}}""";
    private static readonly MacAddress Camera = new(0x020000000001);

    private static readonly SitePolicy VideoOnLan = new()
    {
        Rules = [new PolicyRule { Name = "video", Match = new RuleMatch { Category = "Video Stream", Network = "lan" }, Decision = PolicyDecision.Accept }],
        Decision = PolicyDecision.Deny,
    };

    private static readonly SitePolicy NoFullAccess = new()
    {
        Rules = [new PolicyRule { Name = "never", Match = new RuleMatch { Category = "Full Access" }, Decision = PolicyDecision.Deny }],
    };

    [Fact]
    [Trait("Requirement", "DWIRM-27")]
    public void A_grant_does_not_follow_the_device_to_another_network()
    {
        using var router = new TestRouter(VideoOnLan);
        router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        router.Lease(Camera);
        Assert.Single(router.Enforced(Camera)!.Services);
        router.Lease(Camera, router.Iot);
        Assert.Equal(("iot", DeviceState.Quarantined), (router.Device(Camera).Record.Network, router.Device(Camera).Record.State));
        Assert.Empty(router.Enforced(Camera)!.Services);
        Assert.Equal(router.Device(Camera).Record, router.Store.Devices[Camera]);
    }

    [Fact]
    public void An_answer_is_not_repeated_on_another_network()
    {
        using var router = new TestRouter(VideoOnLan);
        router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        Dhcpv4Builder discover = Dhcpv4Builder.Discover(Camera).Requesting(Dhcpv4OptionCode.DefaultProfile);
        Assert.NotEqual("", Assert.Single(router.Receive(discover)).Profile);
        Assert.Equal("", Assert.Single(router.Receive(discover, router.Iot)).Profile);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-17")]
    public void Full_access_by_the_owners_word_needs_no_profile_and_ends_in_time()
    {
        using var router = new TestRouter();
        router.Lease(Camera);
        Assert.Null(router.Owner.FullAccess(Camera, router.Now.UnixMs + 10_000, router.Now));
        router.Commit();
        Assert.Equal(DevicePosture.FullAccess, router.Enforced(Camera)!.Posture);
        router.Wait(10_000);
        Assert.Null(router.Enforced(Camera));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-17")]
    public void A_rule_that_denies_full_access_stands_above_the_owner()
    {
        using var router = new TestRouter(NoFullAccess);
        router.Lease(Camera);
        Assert.NotNull(router.Owner.FullAccess(Camera, 0, router.Now));
        router.Commit();
        Assert.Null(router.Enforced(Camera));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Requirement", "DWIRM-17")]
    public void A_policy_read_again_takes_full_access_back(bool asked)
    {
        using var router = new TestRouter();
        if (asked) router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        router.Lease(Camera);
        router.Owner.FullAccess(Camera, 0, router.Now);
        router.Commit();
        Assert.Equal(DevicePosture.FullAccess, router.Enforced(Camera)!.Posture);
        router.State.Policy = new PolicyEngine(NoFullAccess, CategoryRegistry.Baseline);
        router.State.Negotiator.ReconsiderAll(router.Now, static _ => { });
        router.Commit();
        Assert.NotEqual(DevicePosture.FullAccess, router.Enforced(Camera)?.Posture);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-27")]
    public void A_generation_that_comes_round_again_passes_over_the_live_ones()
    {
        using var router = new TestRouter();
        var second = new MacAddress(0x020000000002);
        var third = new MacAddress(0x020000000003);
        router.State.Negotiator = new Negotiator(router.State, 0xfffffe);
        router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        router.Receive(Dhcpv4Builder.DwirmClient(second, Video));
        Assert.Equal((0xffffffu, 1u), (router.Device(Camera).Record.Generation, router.Device(second).Record.Generation));
        router.State.Negotiator = new Negotiator(router.State, 0);
        router.Receive(Dhcpv4Builder.DwirmClient(third, Video));
        Assert.Equal(2u, router.Device(third).Record.Generation);
    }

    [Fact]
    public void A_policy_that_says_the_same_writes_nothing()
    {
        using var router = new TestRouter();
        router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        int written = router.Store.Written;
        router.State.Negotiator.ReconsiderAll(router.Now, static _ => { });
        router.Commit();
        Assert.Equal(written, router.Store.Written);
    }

    [Fact]
    public void Renewing_a_lease_leaves_the_kernel_alone()
    {
        using var router = new TestRouter();
        router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        Ipv4Address address = router.Lease(Camera);
        int applied = router.Kernel.Applied;
        Assert.Single(router.Receive(Dhcpv4Builder.Renew(Camera, address)));
        Assert.Equal(applied, router.Kernel.Applied);
    }

    /// <summary>What a relay says of a hardware address moves nobody: the device stays where its own frames were seen.</summary>
    [Fact]
    public void A_managed_device_is_not_moved_behind_a_relay()
    {
        using var router = new TestRouter(VideoOnLan);
        router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        Ipv4Address held = router.Lease(Camera);
        Ipv4Address far = new(0x0a090001), relay = new(0x0a090002);
        Dhcpv4NetworkConfig lan = router.State.Config.Networks[0].Dhcp;
        router.State.Dhcp.Configure(
        [
            lan,
            new Dhcpv4NetworkConfig
            {
                Name = "far", RouterPrefix = new Ipv4Prefix(far, 16), PoolStart = new Ipv4Address(0x0a090100), PoolEnd = new Ipv4Address(0x0a090101), RelayedVia = "lan",
            },
        ]);
        Ipv4Address offered = Assert.Single(router.Receive(Dhcpv4Builder.Discover(Camera).Giaddr(relay))).Address;
        router.Receive(Dhcpv4Builder.Select(Camera, offered, router.Lan.RouterAddress).Giaddr(relay));
        Assert.Equal(LeaseState.Bound, router.State.Dhcp.Leases.ByAddress(offered)!.State);
        Assert.Equal("lan", router.Device(Camera).Record.Network);
        Assert.Equal(held, router.State.LeaseOf(router.Device(Camera))!.Address);
        Assert.Single(router.Enforced(Camera)!.Services);
    }

    /// <summary>Frames from behind a relay carry the relay's address: what would be granted there could not be enforced.</summary>
    [Fact]
    [Trait("Requirement", "DWIRM-27")]
    public void A_profile_from_behind_a_relay_is_not_answered()
    {
        using var router = new TestRouter(VideoOnLan);
        Assert.DoesNotContain(
            router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video).Giaddr(new Ipv4Address(0x0a090002))), static one => one.Profile.Length > 0);
        Assert.Null(router.State.Devices.Find(Camera));
        // A relay on the network itself changes nothing: its frames are the device's own to the bridge.
        Ipv4Address beside = new(router.Lan.RouterAddress.Value + 1);
        Assert.Contains(router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video).Giaddr(beside)), static one => one.Profile.Length > 0);
    }
}
