using System.Collections.Generic;
using System.Linq;
using Dwirm.Policy.Controls;
using Dwirm.Policy.Plans;
using Dwirm.Policy.Rules;
using Dwirm.Policy.Tests.Engine;
using Dwirm.Policy.Tests.Profiles;
using Dwirm.Wire;
using static Dwirm.Policy.Tests.Engine.Desk;

namespace Dwirm.Policy.Tests.Plans;

public class PlanTests
{
    private static readonly Ipv4Address CameraAddress = Address("192.168.1.101");
    private static readonly Grant CameraGrant = Decide(Shipped, ProfileVectors.Canonical, OwnerVerdict.Approve).Grant!;

    [Fact]
    [Trait("Requirement", "DWIRM-14")]
    [Trait("Requirement", "DWIRM-27")]
    public void The_camera_in_the_plan()
    {
        var names = new Names { ["update.example.com"] = ["203.0.113.5", "203.0.113.6"], ["mirror.example-com.example.net"] = ["203.0.113.9"] };
        PlannedDevice device = Assert.Single(Build([Camera1()], names, At("03:00")).Devices);
        Assert.Equal(("br-lan", DevicePosture.Managed, 7u, 3), (device.Device, device.Posture, device.Generation, device.Slot));
        Assert.Equal([CameraAddress], device.Addresses4);
        Assert.Equal([1, 2, 3], device.Services.Select(service => (int)service.Id));
        PlannedService video = device.Services[0];
        Assert.Equal(2_000_000, video.RateBitsPerSecond);
        Assert.Equal(["Tcp 88-99", "Udp 88-99"], video.Ports.Select(port => $"{port.Transport} {port.Range}"));
        Assert.Equal(["Tcp 8088-8099>88-99", "Udp 8088-8099>88-99"], video.Forwards.Select(one => $"{one.Transport} {one.External}>{one.Internal}"));
        Assert.Equal(["Tcp 80", "Tcp 443", "Tcp 22"], device.Services[1].Ports.Select(port => $"{port.Transport} {port.Range}"));
        Assert.Equal(
            ["203.0.113.5/32 Tcp 443", "203.0.113.6/32 Tcp 443", "203.0.113.9/32 Tcp 8888", "203.0.113.5/32 Tcp 22", "203.0.113.6/32 Tcp 22"],
            device.Services[2].Endpoints.Select(one => $"{one.Destination} {one.Transport} {one.Range}"));
        Assert.All(device.Services, service => Assert.True(service.Active));
    }

    [Theory]
    [InlineData("01:59", false, "02:00")]
    [InlineData("02:00", true, "05:00")]
    [InlineData("04:59", true, "05:00")]
    [InlineData("05:00", false, "26:00")]
    [Trait("Requirement", "DWIRM-12")]
    [Trait("Requirement", "DWIRM-13")]
    public void A_schedule_opens_closes_and_says_when(string time, bool active, string next)
    {
        Instant now = At(time);
        PlannedDevice device = Assert.Single(Build([Camera1()], new Names(), now, out long nextChangeMs).Devices);
        PlannedService update = device.Services[2];
        Assert.Equal(active, update.Active);
        Assert.Equal(At(next).MonotonicMs, nextChangeMs);
        Assert.Equal(active ? nextChangeMs : 0, update.ActiveUntilMs);
        Assert.True(device.Services[0].Active);
        Assert.Equal(0, device.Services[0].ActiveUntilMs);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-13")]
    public void Before_the_clock_is_right_only_all_day_services_are_active()
    {
        PlannedDevice device = Assert.Single(Build([Camera1()], new Names(), At("03:00") with { WallIsTrusted = false }, out long nextChangeMs).Devices);
        Assert.Equal([true, true, false], device.Services.Select(service => service.Active));
        Assert.Equal(long.MaxValue, nextChangeMs);
    }

    [Theory]
    [InlineData(DeviceState.Pending)]
    [InlineData(DeviceState.Denied)]
    [InlineData(DeviceState.Quarantined)]
    [Trait("Requirement", "DWIRM-28")]
    public void Who_is_not_granted_is_managed_with_no_services(DeviceState state)
    {
        // The grant of an earlier decision may still be at hand; it must not count.
        PlannedDevice device = Assert.Single(Build([Camera1(state)], new Names(), Now).Devices);
        Assert.Equal(DevicePosture.Managed, device.Posture);
        Assert.Empty(device.Services);
        Assert.Equal((0u, -1), (device.Generation, device.Slot));
        Assert.Equal([CameraAddress], device.Addresses4);
    }

    [Fact]
    public void New_devices_are_in_no_plan()
    {
        Assert.Empty(Build([Camera1(DeviceState.New)], new Names(), Now).Devices);
    }

    [Theory]
    [InlineData(DeviceState.Amended)]
    [InlineData(DeviceState.FullAccess)]
    [InlineData(DeviceState.Denied)]
    [Trait("Requirement", "DWIRM-28")]
    public void A_device_whose_network_is_gone_stays_restricted_and_has_nothing(DeviceState state)
    {
        PlanDevice elsewhere = Camera1(state);
        if (state == DeviceState.FullAccess) elsewhere = elsewhere with { Grant = Grant.Unrestricted };
        elsewhere = elsewhere with { Record = elsewhere.Record with { Network = "gone" } };
        PlannedDevice planned = Assert.Single(Build([elsewhere], new Names(), Now).Devices);
        Assert.Equal((DevicePosture.Managed, ""), (planned.Posture, planned.Device));
        Assert.Empty(planned.Services);
        Assert.Empty(planned.Addresses4);
    }

    [Fact]
    public void Without_a_lease_there_is_no_address()
    {
        Assert.Empty(Assert.Single(Build([Camera1() with { Address = null }], new Names(), Now).Devices).Addresses4);
    }

    [Theory]
    [InlineData(0, true, DevicePosture.FullAccess)]
    [InlineData(1, true, DevicePosture.FullAccess)]
    [InlineData(-1, true, DevicePosture.Managed)]
    [InlineData(1, false, DevicePosture.Managed)]
    [Trait("Requirement", "DWIRM-17")]
    public void Full_access_lasts_as_long_as_the_owner_said(int untilSeconds, bool trusted, DevicePosture posture)
    {
        PlanDevice device = Camera1(DeviceState.FullAccess) with { Grant = Grant.Unrestricted };
        long until = untilSeconds == 0 ? 0 : Now.UnixMs + untilSeconds * 1000;
        device = device with { Record = device.Record with { Verdict = OwnerVerdict.FullAccess, VerdictUntilUnixMs = until } };
        PlannedDevice planned = Assert.Single(Build([device], new Names(), Now with { WallIsTrusted = trusted }, out long nextChangeMs).Devices);
        Assert.Equal(posture, planned.Posture);
        Assert.Empty(planned.Services);
        Assert.Equal(untilSeconds == 1 && trusted ? Now.MonotonicMs + 1000 : long.MaxValue, nextChangeMs);
    }

    [Theory]
    [InlineData("{\"v\":1,\"fullAccess\":true,\"services\":[]}", DeviceState.Granted)]
    [InlineData("{\"v\":1,\"fullAccess\":false,\"services\":[]}", DeviceState.FullAccess)]
    public void State_and_grant_must_agree_on_full_access(string json, DeviceState state)
    {
        Assert.True(Grant.TryParse(json, out Grant? grant));
        Assert.Equal(DevicePosture.Managed, Assert.Single(Build([Camera1(state) with { Grant = grant }], new Names(), Now).Devices).Posture);
    }

    [Theory]
    [InlineData("192.168.1.1")]
    [InlineData("10.1.2.3")]
    [InlineData("172.31.0.1")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.1.1")]
    [InlineData("127.0.0.1")]
    [InlineData("0.0.0.0")]
    [InlineData("224.0.0.251")]
    [InlineData("255.255.255.255")]
    [InlineData("198.51.100.2")]
    [InlineData("203.0.113.130")]
    [Trait("Requirement", "DWIRM-14")]
    public void A_devices_name_never_leads_into_private_or_local_space(string rebound)
    {
        var names = new Names { ["update.example.com"] = [rebound, "203.0.113.5"] };
        PlannedService update = Assert.Single(Build([Camera1()], names, At("03:00")).Devices).Services[2];
        Assert.All(update.Endpoints, one => Assert.Equal(Address("203.0.113.5"), one.Destination.Address));
        Assert.Equal(2, update.Endpoints.Count);
    }

    [Theory]
    [InlineData("fd00:1::1")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    [InlineData("::1")]
    [InlineData("::")]
    [InlineData("::ffff:203.0.113.5")]
    [InlineData("64:ff9b::192.168.1.1")]
    [InlineData("2001:db8:1::7")]
    [InlineData("2001:db8::2")]
    [InlineData("2001:db8:2::1")]
    [Trait("Requirement", "DWIRM-14")]
    public void Nor_does_it_by_IPv6(string rebound)
    {
        var names = new Names { ["update.example.com"] = [rebound, "2001:db8:ffff::5", "203.0.113.5"] };
        PlannedService update = Assert.Single(Build([Camera1()], names, At("03:00")).Devices).Services[2];
        Assert.All(update.Endpoints6, one => Assert.Equal(Address6("2001:db8:ffff::5"), one.Destination));
        Assert.Equal((2, 2), (update.Endpoints.Count, update.Endpoints6.Count));
        Assert.Equal(update.Endpoints.Select(one => (one.Transport, one.Range)), update.Endpoints6.Select(one => (one.Transport, one.Range)));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-14")]
    public void An_IPv6_address_is_a_destination_or_a_source()
    {
        Grant grant = Decide(Generous, """
            {"IoT Profile":{"Provide":{"Web":{"Ports":"80","Endpoints":["[fd00:1::7]"]}},"Consume":{"Hub":{"Endpoints":["https://[2001:db8:ffff::1]"]},"Box":{"Endpoints":["[fd00:1::8]:80"],"Hints":"HTTP"}}}}
            """, OwnerVerdict.Approve).Grant!;
        Assert.Empty(PlanBuilder.NamesOf(grant));
        Assert.True(Grant.TryParse(grant.ToJson(), out Grant? stored));
        PlannedDevice device = Assert.Single(Build([Camera1() with { Grant = stored, Addresses6 = [Address6("fd00:1::10")] }], new Names(), Now).Devices);
        Assert.Equal([Address6("fd00:1::10")], device.Addresses6);
        PlannedService web = device.Services.Single(service => service.Category == "Web");
        Assert.Equal([Address6("fd00:1::7")], web.Sources6);
        Assert.False(web.IsForEveryone);
        Assert.Equal(2, web.Ports.Count);
        Assert.Equal(
            ["fd00:1::8 Tcp 80", "2001:db8:ffff::1 Tcp 443"],
            device.Services.SelectMany(service => service.Endpoints6).Select(one => $"{one.Destination} {one.Transport} {one.Range}").Order().Reverse());
        Assert.All(device.Services, service => Assert.Empty(service.Endpoints));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-14")]
    public void An_address_the_owner_approved_is_reached_in_private_space()
    {
        Grant grant = Decide(Generous, One("Consume", "Hub", """{"Endpoints":["192.168.1.7:80"]}"""), OwnerVerdict.Approve).Grant!;
        PlannedService hub = Assert.Single(Assert.Single(Build([Camera1() with { Grant = grant }], new Names(), Now).Devices).Services);
        Assert.Equal(["192.168.1.7/32 Tcp 80", "192.168.1.7/32 Udp 80"], hub.Endpoints.Select(one => $"{one.Destination} {one.Transport} {one.Range}"));
    }

    [Fact]
    public void Named_sources_that_are_not_known_are_nobody()
    {
        Grant grant = Decide(Generous, One("Provide", "Web", """{"Ports":"80","PortFwd":"80:8080","Endpoints":["hub.example"]}""")).Grant!;
        PlannedService unknown = Assert.Single(Assert.Single(Build([Camera1() with { Grant = grant }], new Names(), Now).Devices).Services);
        Assert.Empty(unknown.Ports);
        Assert.Empty(unknown.Forwards);
        var names = new Names { ["hub.example"] = ["192.168.1.7"] };
        PlannedService known = Assert.Single(Assert.Single(Build([Camera1() with { Grant = grant }], names, Now).Devices).Services);
        Assert.Equal(["192.168.1.7/32"], known.Sources.Select(source => source.ToString()));
        Assert.Equal((2, 2), (known.Ports.Count, known.Forwards.Count));
        Assert.Equal(["hub.example"], PlanBuilder.NamesOf(grant));
    }

    [Fact]
    public void Names_are_asked_once_and_addresses_are_not()
    {
        Assert.Equal(["mirror.example-com.example.net", "update.example.com"], PlanBuilder.NamesOf(CameraGrant).Order());
        Grant literal = Decide(Generous, One("Consume", "X", """{"Endpoints":["203.0.113.5:80"]}""")).Grant!;
        Assert.Empty(PlanBuilder.NamesOf(literal));
    }

    [Fact]
    public void A_flow_belongs_to_one_service_and_first_to_one_that_is_open()
    {
        const string json = """{"IoT Profile":{"Provide":{"Night":{"Ports":"80-90","Schedule":"02:00-02:59","Hints":"HTTP"},"Day":{"Ports":"85-95","Hints":"HTTP"}},"Consume":{"A":{"Endpoints":["203.0.113.5:1"],"Hints":"NTP"},"B":{"Endpoints":["b.example:1"],"Hints":"NTP"}}}}""";
        PlanDevice device = Camera1() with { Grant = Decide(Generous, json).Grant };
        var names = new Names { ["b.example"] = ["203.0.113.5", "203.0.113.6"] };
        Assert.Equal("80-84|85-95|203.0.113.5/32|203.0.113.6/32", Text(At("12:00")));
        Assert.Equal("80-90|91-95|203.0.113.5/32|203.0.113.6/32", Text(At("02:30")));

        string Text(Instant now) => string.Join('|', Assert.Single(Build([device], names, now).Devices).Services.Select(service =>
            string.Join(',', service.Ports.Select(port => port.Range.ToString()).Concat(service.Endpoints.Select(one => one.Destination.ToString())))));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-09")]
    public void Two_records_cannot_share_an_outside_port()
    {
        PlanDevice other = Camera1();
        other = other with { Record = other.Record with { Mac = new MacAddress(1), Generation = 8 }, Address = Address("192.168.1.102") };
        EnforcementPlan plan = Build([Camera1(), other], new Names(), Now);
        Assert.Equal([new MacAddress(1), Camera], plan.Devices.Select(device => device.Mac));
        Assert.Equal([2, 0], plan.Devices.Select(device => device.Services[0].Forwards.Count));
    }

    [Fact]
    public void Controls_stand_above_the_services_of_a_grant()
    {
        PlanDevice limited = Camera1() with { Record = Camera1().Record with { Controls = new DeviceControls { DownBitsPerSecond = 5_000_000, Window = Window("01:00-03:59") } } };
        PlannedDevice open = Assert.Single(Build([limited], new Names(), At("02:00"), out long nextMs).Devices);
        Assert.Equal((5_000_000L, 0L, 7u), (open.DownBitsPerSecond, open.UpBitsPerSecond, open.Generation));
        Assert.All(open.Services, service => Assert.Equal((true, At("04:00").MonotonicMs), (service.Active, service.ActiveUntilMs)));
        Assert.Equal(At("04:00").MonotonicMs, nextMs);
        PlannedDevice closed = Assert.Single(Build([limited], new Names(), At("04:00"), out nextMs).Devices);
        Assert.Equal(3, closed.Services.Count);
        Assert.All(closed.Services, service => Assert.False(service.Active));
        Assert.Equal(At("05:00").MonotonicMs, nextMs); // the firmware window of the grant ends
    }

    [Theory]
    [InlineData(DeviceState.FullAccess, DevicePosture.FullAccess)]
    [InlineData(DeviceState.New, DevicePosture.Ordinary)]
    public void A_device_without_services_is_under_controls_as_a_whole(DeviceState state, DevicePosture posture)
    {
        PlannedDevice open = Controlled(state, new DeviceControls { UpBitsPerSecond = 1000 })!;
        Assert.Equal((posture, 7u, 3, 1000L), (open.Posture, open.Generation, open.Slot, open.UpBitsPerSecond));
        Assert.Equal((1, true), (Assert.Single(open.Services).Id, open.Services[0].Active));
        foreach (DeviceControls controls in (DeviceControls[])
            [
                new() { Blocked = true }, new() { PausedUntilUnixMs = Now.UnixMs + 1 }, new() { PausedUntilUnixMs = DeviceControls.UntilResumed },
                new() { Window = Window("01:00-01:59") },
            ])
        {
            PlannedDevice closed = Controlled(state, controls)!;
            Assert.Equal((DevicePosture.Managed, 0), (closed.Posture, closed.Services.Count));
        }
        Assert.Equal(DevicePosture.Managed, Controlled(state, new DeviceControls { QuotaBytes = 5 }, spent: true)!.Posture);
        Assert.Equal(posture, Controlled(state, new DeviceControls { QuotaBytes = 5 })!.Posture);
    }

    [Fact]
    public void A_pause_that_is_over_leaves_the_networks_posture()
    {
        var over = new DeviceControls { PausedUntilUnixMs = Now.UnixMs };
        Assert.Null(Controlled(DeviceState.New, over));
        Assert.Empty(Controlled(DeviceState.FullAccess, over)!.Services);
        // Nobody knows that it is over while the clock may be wrong.
        PlannedDevice untrusted = Assert.Single(Build([ControlledDevice(DeviceState.New, over, false)], new Names(), Now with { WallIsTrusted = false }).Devices);
        Assert.Equal(DevicePosture.Managed, untrusted.Posture);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-14")]
    public void Everywhere_outside_is_the_owners_to_give()
    {
        const string json = """{"IoT Profile":{"Consume":{"Cloud":{"Ports":"443","Hints":"HTTPS","Endpoints":["0.0.0.0"]}}}}""";
        Assert.Empty(Decide(Generous, json, OwnerVerdict.Approve).Grant!.Services);
        Grant grant = Decide(Generous, Input(json) with { Verdict = OwnerVerdict.Approve, Source = RequestSource.Assigned }).Grant!;
        PlanDevice device = Camera1() with { Grant = grant };
        Assert.Equal("0.0.0.0/0", Assert.Single(Assert.Single(Assert.Single(Build([device], new Names(), Now).Devices).Services).Endpoints).Destination.ToString());
        Assert.True(Grant.TryParse(grant.ToJson(), out Grant? again));
        Assert.Equal(grant.ToJson(), again.ToJson());
    }

    [Fact]
    public void Reach_goes_from_the_rule_into_the_plan()
    {
        const string json = """{"IoT Profile":{"Provide":{"Web":{"Ports":"80"}},"Consume":{"X":{"Endpoints":["203.0.113.5:80"]}}}}""";
        SitePolicy house = Site(Rule("all", PolicyDecision.Accept) with { Reach = ServiceReach.House });
        Assert.Equal([ServiceReach.House, ServiceReach.Network], Reaches(house));
        Assert.Equal([ServiceReach.Network, ServiceReach.Network], Reaches(Generous));
        Assert.Equal([ServiceReach.House, ServiceReach.Network], Reaches(Generous with { Defaults = new ServiceDefaults { Reach = ServiceReach.House } }));

        ServiceReach[] Reaches(SitePolicy policy)
        {
            Grant grant = Decide(policy, json).Grant!;
            Assert.True(Grant.TryParse(grant.ToJson(), out Grant? again));
            return [.. Assert.Single(Build([Camera1() with { Grant = again }], new Names(), Now).Devices).Services.Select(service => service.Reach)];
        }
    }

    private static PlannedDevice? Controlled(DeviceState state, DeviceControls controls, bool spent = false) =>
        Build([ControlledDevice(state, controls, spent)], new Names(), Now).Devices.SingleOrDefault();

    private static PlanDevice ControlledDevice(DeviceState state, DeviceControls controls, bool spent) => Camera1(state) with
    {
        Record = Camera1(state).Record with { Controls = controls },
        Grant = state == DeviceState.FullAccess ? Grant.Unrestricted : null,
        QuotaSpent = spent,
    };

    private static PlanDevice Camera1(DeviceState state = DeviceState.Granted) => new(
        new DeviceRecord { Mac = Camera, Network = "lan", State = state, Generation = 7, Slot = 3 }, CameraGrant, CameraAddress);

    private static EnforcementPlan Build(IEnumerable<PlanDevice> devices, Names names, Instant now) => Build(devices, names, now, out _);

    private static EnforcementPlan Build(IEnumerable<PlanDevice> devices, Names names, Instant now, out long nextChangeMs) => PlanBuilder.Build(
        new PlanInput
        {
            Networks = [new PlannedNetwork("lan", "br-lan", true, new Ipv4Prefix(Address("192.168.1.1"), 24), NetworkPosture.Open)
                {
                    Prefixes6 = [new Ipv6Prefix(Address6("2001:db8:1::1"), 64)],
                }],
            Uplinks = [new PlannedUplink("wan", "eth0", [Address("198.51.100.2")]) { Addresses6 = [Address6("2001:db8::2")] }],
            Elsewhere = [new Ipv6Prefix(Ipv6Address.Mapped(Address("203.0.113.129")), 96 + 25), new Ipv6Prefix(Address6("2001:db8:2::1"), 64)],
            Devices = devices,
            Names = names,
            Zone = FixedZone.Utc,
        },
        now,
        out nextChangeMs);

    private static Instant At(string time)
    {
        string[] parts = time.Split(':');
        long ms = (int.Parse(parts[0]) * 60 + int.Parse(parts[1])) * 60_000L;
        return new Instant(Now.MonotonicMs + ms, Now.UnixMs + ms, true);
    }

    private static Ipv4Address Address(string text)
    {
        Assert.True(Ipv4Address.TryParse(text, out Ipv4Address address));
        return address;
    }

    private static Ipv6Address Address6(string text)
    {
        Assert.True(Ipv6Address.TryParse(text, out Ipv6Address address));
        return address;
    }

    private sealed class Names : Dictionary<string, string[]>, INameResolver
    {
        public IReadOnlyList<Ipv4Address> Resolve(string host) =>
            TryGetValue(host, out string[]? texts) ? [.. texts.Where(text => !text.Contains(':')).Select(Address)] : [];

        public IReadOnlyList<Ipv6Address> Resolve6(string host) =>
            TryGetValue(host, out string[]? texts) ? [.. texts.Where(text => text.Contains(':')).Select(Address6)] : [];
    }
}
