using System.Collections.Generic;
using System.Linq;
using Dwirm.Daemon.Control;
using Dwirm.Daemon.Loop;
using Dwirm.Enforcement;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Policy.Rules;
using Dwirm.TestKit;
using Dwirm.Wire;

namespace Dwirm.Daemon.Tests.Service;

/// <summary>The owner's everyday controls, from the command to the plan and the history.</summary>
public sealed class ControlsTests : System.IDisposable
{
    private const long Day = 86_400_000;
    private const string Video = """{"IoT Profile":{"Provide":{"Video Stream":{"Ports":"88-99","Rate":"2Mbps"}}}}""";
    private static readonly MacAddress Camera = new(0x020000000001), Laptop = new(0x020000000002), Absent = new(0x020000000003);
    private static readonly DeviceTemplate Web = new("web", "", """{"IoT Profile":{"Provide":{"HTTP":{}},"Consume":{"Hub":{"Ports":"8883","Endpoints":["192.168.1.7"]}}}}""");
    private readonly TestRouter _router = new();

    public ControlsTests() => _router.State.Policy = new PolicyEngine(
        new SitePolicy { Rules = [new() { Name = "no hubs", Match = new() { Category = "Hub", Network = "iot" }, Decision = PolicyDecision.Deny }] },
        new CategoryRegistry([], [Web]));

    public void Dispose() => _router.Dispose();

    [Fact]
    public void Any_device_with_a_lease_can_be_limited_and_freed_again()
    {
        _router.Lease(Laptop);
        Assert.Null(_router.Enforced(Laptop));
        Do(_router.State.Controls.Limit(Laptop, "5Mbps", "1Mbps", _router.Now));
        PlannedDevice limited = _router.Enforced(Laptop)!;
        Assert.Equal((DevicePosture.Ordinary, 5_000_000L, 1_000_000L), (limited.Posture, limited.DownBitsPerSecond, limited.UpBitsPerSecond));
        Assert.True(limited is { Generation: > 0, Slot: >= 0 });
        Assert.Equal(5_000_000, Shown(Laptop).Controls!.DownBitsPerSecond);
        Assert.Equal("new", Shown(Laptop).State);
        Do(_router.State.Controls.Limit(Laptop, "none", "", _router.Now));
        Assert.Null(_router.Enforced(Laptop));
        Assert.Null(_router.State.Devices.Find(Laptop));
        Assert.DoesNotContain(Laptop, _router.Store.Devices.Keys);
        Assert.Equal(["limited: none -> 5Mbps down, 1Mbps up", "unlimited: 5Mbps down, 1Mbps up -> none"], History(Laptop));
    }

    [Fact]
    public void Controls_of_a_granted_device_leave_its_grant_and_its_flows_alone()
    {
        _router.State.Policy = new PolicyEngine(TestRouter.AcceptsVideo, CategoryRegistry.Baseline);
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        uint generation = _router.Device(Camera).Record.Generation;
        Do(_router.State.Controls.Limit(Camera, "1Mbps", "", _router.Now));
        Do(_router.State.Controls.Schedule(Camera, "01:00-01:59", _router.Now));
        PlannedDevice closed = _router.Enforced(Camera)!;
        Assert.Equal((generation, 1_000_000L, false), (closed.Generation, closed.UpBitsPerSecond, Assert.Single(closed.Services).Active));
        _router.Wait(3_600_000);
        Assert.True(Assert.Single(_router.Enforced(Camera)!.Services).Active);
        // Another profile is weighed anew; the controls are not touched by it.
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video.Replace("88-99", "88")));
        Assert.Equal(1_000_000, _router.Enforced(Camera)!.UpBitsPerSecond);
    }

    [Fact]
    public void A_pause_ends_by_itself_or_by_the_owner_and_holds_for_a_device_that_is_not_there()
    {
        Assert.Equal("the time given is past", _router.State.Controls.Pause(Absent, 1, _router.Now));
        Do(_router.State.Controls.Pause(Absent, _router.Now.UnixMs + 60_000, _router.Now));
        Assert.Equal(DevicePosture.Managed, _router.Enforced(Absent)!.Posture);
        _router.Lease(Absent);
        Assert.Equal((DevicePosture.Managed, 0), (_router.Enforced(Absent)!.Posture, _router.Enforced(Absent)!.Services.Count));
        Assert.Equal("lan", _router.Device(Absent).Record.Network);
        _router.Wait(60_000);
        Assert.Null(_router.Enforced(Absent));
        Do(_router.State.Controls.Pause(Absent, 0, _router.Now));
        _router.Wait(10 * Day);
        Assert.NotNull(_router.Enforced(Absent));
        Do(_router.State.Controls.Resume(Absent, _router.Now));
        Assert.Null(_router.Enforced(Absent));
        Assert.Equal($"{Absent} is not paused", _router.State.Controls.Resume(Absent, _router.Now));
    }

    [Fact]
    public void A_full_access_device_can_carry_a_rate_a_window_and_a_quota()
    {
        _router.Lease(Laptop);
        Do(_router.Owner.FullAccess(Laptop, 0, _router.Now));
        Assert.Equal((DevicePosture.FullAccess, 0), (_router.Enforced(Laptop)!.Posture, _router.Enforced(Laptop)!.Services.Count));
        Do(_router.State.Controls.Limit(Laptop, "5Mbps", "Line", _router.Now));
        Do(_router.State.Controls.Schedule(Laptop, "00:00-20:59L", _router.Now));
        Do(_router.State.Controls.Quota(Laptop, "2GB/day", _router.Now));
        PlannedDevice laptop = _router.Enforced(Laptop)!;
        Assert.Equal((DevicePosture.FullAccess, 5_000_000L, 0L), (laptop.Posture, laptop.DownBitsPerSecond, laptop.UpBitsPerSecond));
        Assert.True(Assert.Single(laptop.Services) is { Active: true, ActiveUntilMs: > 0 });
        Assert.Equal("not restricted; controls: 5Mbps down, open 00:00-20:59L, 2GB a day", Documents().Outcome(_router.Device(Laptop), _router.Now));
        Do(_router.State.Controls.Block(Laptop, clear: false, _router.Now));
        Assert.Equal(DevicePosture.Managed, _router.Enforced(Laptop)!.Posture);
        Do(_router.State.Controls.Block(Laptop, clear: true, _router.Now));
        Assert.Equal(DevicePosture.FullAccess, _router.Enforced(Laptop)!.Posture);
    }

    [Fact]
    public void A_quota_closes_within_ten_seconds_and_opens_at_midnight()
    {
        _router.Lease(Laptop);
        _router.Kernel.Usage = [];
        Do(_router.State.Controls.Quota(Laptop, "1MB", _router.Now));
        uint sid = (_router.Device(Laptop).Record.Generation << 8) | 1;
        _router.Kernel.Usage = new() { [sid] = new ServiceUsage(1, 400_000, 1, 200_000, 0, 0) };
        _router.Wait(10_000);
        Assert.Equal((600_000L, true), (Shown(Laptop).Controls!.UsedBytes, Shown(Laptop).Controls!.Open));
        // The elements were written anew: all that the counters show is new.
        _router.Kernel.Usage[sid] = new ServiceUsage(1, 300_000, 1, 0, 9, 9_999_999);
        _router.Wait(10_000);
        Assert.Equal(900_000, Shown(Laptop).Controls!.UsedBytes);
        _router.Kernel.Usage[sid] = new ServiceUsage(1, 300_000, 1, 100_000, 9, 9_999_999);
        _router.Wait(10_000);
        Assert.Equal((1_000_000L, false), (Shown(Laptop).Controls!.UsedBytes, Shown(Laptop).Controls!.Open));
        Assert.Equal((DevicePosture.Managed, 0), (_router.Enforced(Laptop)!.Posture, _router.Enforced(Laptop)!.Services.Count));
        Assert.Equal("quota-spent: open -> closed", History(Laptop)[^1]);
        Assert.Equal(1_000_000, _router.Store.Quotas[^1].Octets);
        _router.Wait(Day - 30_000);
        Assert.Equal(DevicePosture.Ordinary, _router.Enforced(Laptop)!.Posture);
        _router.Wait(10_000);
        Assert.Equal((0L, true), (Shown(Laptop).Controls!.UsedBytes, Shown(Laptop).Controls!.Open));
    }

    [Fact]
    public void What_was_moved_before_a_quota_or_before_a_restart_is_no_part_of_it()
    {
        uint sid = GrantVideo();
        _router.Kernel.Usage = new() { [sid] = new ServiceUsage(1, 900_000, 1, 0, 0, 0) };
        Do(_router.State.Controls.Quota(Camera, "1MB", _router.Now));
        _router.Wait(10_000);
        Assert.Equal((0L, true), (Shown(Camera).Controls!.UsedBytes, Shown(Camera).Controls!.Open));
        _router.Kernel.Usage[sid] = new ServiceUsage(1, 900_000, 1, 200_000, 0, 0);
        _router.Wait(10_000);
        Assert.Equal(200_000, Shown(Camera).Controls!.UsedBytes);
        // As after a restart: the counters are the kernel's and go on; what is used is in the store.
        _router.Device(Camera).IsMetered = false;
        _router.Wait(10_000);
        Assert.Equal(200_000, Shown(Camera).Controls!.UsedBytes);
        _router.Kernel.Usage[sid] = new ServiceUsage(1, 900_000, 1, 300_000, 0, 0);
        _router.Wait(10_000);
        Assert.Equal(300_000, Shown(Camera).Controls!.UsedBytes);
    }

    [Fact]
    public void Asking_for_something_else_between_two_readings_hides_nothing_from_a_quota()
    {
        uint sid = GrantVideo();
        _router.Kernel.Usage = [];
        Do(_router.State.Controls.Quota(Camera, "1MB", _router.Now));
        _router.Kernel.Usage[sid] = new ServiceUsage(1, 600_000, 1, 0, 0, 0);
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video.Replace("88-99", "88")));
        uint next = (_router.Device(Camera).Record.Generation << 8) | 1;
        Assert.NotEqual(sid, next);
        _router.Kernel.Usage = new() { [next] = new ServiceUsage(1, 400_000, 1, 0, 0, 0) };
        _router.Wait(10_000);
        Assert.Equal((1_000_000L, false), (Shown(Camera).Controls!.UsedBytes, Shown(Camera).Controls!.Open));
    }

    [Fact]
    public void Counting_costs_flash_for_steps_of_a_quota_and_not_for_every_reading()
    {
        _router.Lease(Laptop);
        _router.Kernel.Usage = [];
        Do(_router.State.Controls.Quota(Laptop, "1GB", _router.Now));
        uint sid = (_router.Device(Laptop).Record.Generation << 8) | 1;
        for (ulong i = 1; i <= 360; i++)
        {
            _router.Kernel.Usage = new() { [sid] = new ServiceUsage(i, i * 100_000, 0, 0, 0, 0) };
            _router.Wait(10_000);
        }
        Assert.InRange(_router.Store.Quotas.Count, 1, 7);
        _router.State.Quotas.RecordAll(_router.Now);
        _router.Commit();
        Assert.Equal(36_000_000, _router.Store.Quotas[^1].Octets);
    }

    [Fact]
    public void An_assigned_profile_is_the_owners_word_and_rules_that_deny_still_do()
    {
        _router.Lease(Laptop);
        Assert.Equal("there is no template 'toaster'; there are web", _router.State.Controls.Assign(Laptop, null, "toaster", _router.Now));
        Do(_router.State.Controls.Assign(Laptop, null, "WEB", _router.Now));
        Assert.Equal(DeviceState.Granted, _router.Device(Laptop).Record.State);
        Assert.Equal(["HTTP", "Hub"], _router.Enforced(Laptop)!.Services.Select(service => service.Category));
        Assert.Equal("192.168.1.7/32", _router.Enforced(Laptop)!.Services[1].Endpoints[0].Destination.ToString());
        // What the device itself asks for changes nothing: it is told what it has.
        List<SentMessage> told = _router.Receive(Dhcpv4Builder.DwirmClient(Laptop, Video));
        Assert.Contains("Hub", Assert.Single(told).Profile);
        Assert.Equal(["HTTP", "Hub"], _router.Enforced(Laptop)!.Services.Select(service => service.Category));
        Assert.Equal("assigned: new -> granted: HTTP: accepted; Hub: accepted", History(Laptop)[0]);
        // On the other network a rule denies the hub, whoever says otherwise.
        _router.Lease(Laptop, _router.Iot);
        Assert.Equal(["HTTP"], _router.Enforced(Laptop)!.Services.Select(service => service.Category));
        // What it asked in the meantime is decided when the assignment ends.
        Do(_router.State.Controls.Assign(Laptop, null, "none", _router.Now));
        Assert.Equal(DeviceState.Pending, _router.Device(Laptop).Record.State);
        Assert.Equal(DevicePosture.Managed, _router.Enforced(Laptop)!.Posture);
        Do(_router.State.Controls.Assign(Laptop, Video, "", _router.Now));
        Assert.Equal(["Video Stream"], _router.Enforced(Laptop)!.Services.Select(service => service.Category));
    }

    [Fact]
    public void What_was_refused_before_or_during_an_assignment_is_refused_after_it()
    {
        _router.State.Policy = new PolicyEngine(TestRouter.AcceptsVideo, new CategoryRegistry([], [Web]));
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        _router.Lease(Laptop);
        Do(_router.Owner.Deny(Camera, _router.Now));
        Do(_router.State.Controls.Assign(Camera, null, "web", _router.Now));
        Do(_router.State.Controls.Assign(Camera, Video, "", _router.Now));
        Do(_router.State.Controls.Assign(Laptop, null, "web", _router.Now));
        Do(_router.Owner.Revoke(Laptop, _router.Now));
        foreach (MacAddress device in (MacAddress[])[Camera, Laptop])
        {
            Do(_router.State.Controls.Assign(device, null, "none", _router.Now));
            Assert.Equal(DeviceState.Quarantined, _router.Device(device).Record.State);
            Assert.Equal(DevicePosture.Managed, _router.Enforced(device)!.Posture);
        }
        Assert.Contains("Video Stream", _router.Device(Camera).Record.RequestedJson);
    }

    [Fact]
    public void What_was_granted_before_an_assignment_is_granted_after_it_and_nothing_else()
    {
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        Do(_router.Owner.Approve(Camera, Video.Replace("2Mbps", "1Mbps"), once: false, _router.Now));
        Do(_router.State.Controls.Assign(Camera, null, "web", _router.Now));
        Do(_router.State.Controls.Assign(Camera, null, "none", _router.Now));
        Assert.Equal(1_000_000, Assert.Single(_router.Enforced(Camera)!.Services).RateBitsPerSecond);
        Do(_router.State.Controls.Assign(Camera, null, "web", _router.Now));
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video.Replace("88-99", "1-9999")));
        Do(_router.State.Controls.Assign(Camera, null, "none", _router.Now));
        Assert.Equal(DeviceState.Pending, _router.Device(Camera).Record.State);
    }

    [Fact]
    public void What_is_wrong_is_said_and_changes_nothing()
    {
        _router.Lease(Laptop);
        string?[] refusals =
        [
            _router.State.Controls.Limit(Laptop, "fast", "", _router.Now), _router.State.Controls.Limit(Laptop, "5Mbps", "0", _router.Now),
            _router.State.Controls.Limit(Laptop, "5", "", _router.Now), _router.State.Controls.Limit(Laptop, "5Mbps", "5", _router.Now),
            _router.State.Controls.Schedule(Laptop, "25:00-26:00", _router.Now), _router.State.Controls.Quota(Laptop, "2 apples", _router.Now),
            _router.State.Controls.Assign(Laptop, "{}", "", _router.Now), _router.State.Controls.Assign(Laptop, null, "none", _router.Now),
        ];
        Assert.All(refusals, refusal => Assert.False(string.IsNullOrEmpty(refusal)));
        Assert.Null(_router.State.Devices.Find(Laptop));
        Assert.Empty(History(Laptop));
    }

    private uint GrantVideo()
    {
        _router.State.Policy = new PolicyEngine(TestRouter.AcceptsVideo, CategoryRegistry.Baseline);
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        return (_router.Device(Camera).Record.Generation << 8) | 1;
    }

    private void Do(string? refusal)
    {
        Assert.Null(refusal);
        _router.Commit();
    }

    private string[] History(MacAddress mac) =>
        [.. _router.Store.Events.Where(entry => entry.Mac == mac).Select(entry => $"{entry.Kind}: {entry.Before} -> {entry.After}")];

    private Dwirm.Control.DeviceDto Shown(MacAddress mac) => Documents().Device(mac, _router.Now)!;

    private Documents Documents() => new(_router.State, new SystemClock(), "/state", startedEmpty: false);
}
