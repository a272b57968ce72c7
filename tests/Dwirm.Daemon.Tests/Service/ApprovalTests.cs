using System.Linq;
using Dwirm.Control;
using Dwirm.Daemon.Control;
using Dwirm.Daemon.Loop;
using Dwirm.Policy;
using Dwirm.Policy.Rules;
using Dwirm.TestKit;
using Dwirm.Wire;

namespace Dwirm.Daemon.Tests.Service;

/// <summary>What the owner approves, in whole, in part and for a time; what is told about it, and what is explained beforehand.</summary>
public sealed class ApprovalTests : System.IDisposable
{
    private const string Three =
        """{"IoT Profile":{"Description":"Cam","Provide":{"Video Stream":{"Ports":"554","PortFwd":"554:8554"},"Management":{"Ports":"80"}},"Consume":{"Telemetry":{"Endpoints":["t.example:443","192.168.1.9:1"]}}}}""";

    private static readonly MacAddress Camera = new(0x020000000001);
    private readonly TestRouter _router = new(new SitePolicy
    {
        Rules = [new() { Name = "video", Match = new() { Category = "Video Stream" }, Decision = PolicyDecision.Accept, Amend = new() { MaxRate = new(500_000) } }],
    });

    public void Dispose() => _router.Dispose();

    [Fact]
    public void One_category_can_be_approved_and_then_another()
    {
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Three));
        Assert.Equal(DeviceState.Pending, _router.Device(Camera).Record.State);
        Assert.Equal($"{Camera} does not ask for a category 'Printing'", _router.Owner.Approve(Camera, null, false, _router.Now, "Printing"));
        Do(_router.Owner.Approve(Camera, null, false, _router.Now, "management"));
        // What policy grants by itself goes on, its port forward is not approved with it, and what else waits is refused.
        Assert.Equal(["Video Stream:0", "Management:0"], Granted());
        Do(_router.Owner.Approve(Camera, null, false, _router.Now, "Telemetry"));
        Assert.Equal(["Video Stream:0", "Management:0", "Telemetry:0"], Granted());
        Do(_router.Owner.Approve(Camera, null, false, _router.Now, "Video Stream"));
        Assert.Equal(["Video Stream:2", "Management:0", "Telemetry:0"], Granted());
        Assert.Equal(["asked by device", "pending by ", "approved by owner", "approved by owner", "approved by owner"], Events());
        HistoryEntry first = _router.Store.Events[2];
        Assert.Equal(
            ("management", "pending: Video Stream: pending; Management: pending; Telemetry: pending", "amended: Video Stream: amended; Management: accepted; Telemetry: denied"),
            (first.Detail, first.Before, first.After));
    }

    [Fact]
    public void One_category_can_be_approved_for_less_than_it_asks()
    {
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Three));
        Do(_router.Owner.Approve(Camera, """{"IoT Profile":{"Consume":{"Telemetry":{"Rate":"1Kbps","Endpoints":["t.example:443"]}}}}""", false, _router.Now, "Telemetry"));
        GrantedService telemetry = _router.Device(Camera).Grant!.Services.Single(service => service.Category == "Telemetry");
        Assert.Equal((1000L, "t.example"), (telemetry.Rate.BitsPerSecond, Assert.Single(telemetry.Endpoints).Host.Name));
    }

    [Fact]
    public void Every_word_of_the_owner_leaves_one_event()
    {
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Three));
        Do(_router.Owner.FullAccess(Camera, _router.Now.UnixMs + 60_000, _router.Now));
        _router.Wait(60_001);
        Do(_router.Owner.Deny(Camera, _router.Now));
        Do(_router.Owner.Revoke(Camera, _router.Now));
        Assert.Equal(["asked by device", "pending by ", "full-access by owner", "verdict-ended by time", "denied by owner", "revoked by owner"], Events());
        Assert.Equal(("full-access", "pending: Video Stream: pending; Management: pending; Telemetry: pending"), (_router.Store.Events[3].Before, _router.Store.Events[3].After));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-04")]
    public void A_device_whose_profile_was_not_understood_stays_restricted_when_a_word_about_it_ends()
    {
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, "{\"IoT Profile\":"));
        Assert.Equal(DeviceState.Quarantined, _router.Device(Camera).Record.State);
        Do(_router.Owner.FullAccess(Camera, _router.Now.UnixMs + 60_000, _router.Now));
        Assert.Equal(DeviceState.FullAccess, _router.Device(Camera).Record.State);
        Assert.Null(Shown().Device(Camera, _router.Now)!.Requested);
        _router.Wait(60_001);
        Assert.Equal(DeviceState.Quarantined, _router.Device(Camera).Record.State);
    }

    [Fact]
    public void An_amendment_that_is_not_understood_any_more_approves_nothing()
    {
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Three));
        Do(_router.Owner.Approve(Camera, null, false, _router.Now));
        Assert.Equal(3, _router.Device(Camera).Grant!.Services.Count);
        _router.State.Devices.Update(_router.Device(Camera), _router.Device(Camera).Record with { AmendmentJson = "{\"IoT" });
        _router.State.Negotiator.ReconsiderAll(_router.Now, static _ => { });
        Assert.Equal((DeviceState.Pending, null), (_router.Device(Camera).Record.State, _router.Device(Camera).Grant));
    }

    [Fact]
    public void Policy_explains_itself_before_a_device_asks_and_after()
    {
        DeviceDto before = Shown().Explain(default, Three, "iot", _router.Now, out _)!;
        Assert.Equal(("pending", "iot", 0), (before.State, before.Network, _router.State.Devices.Count));
        Assert.Equal(["video", "", ""], before.Services.Select(service => service.Rule));
        Assert.Contains("rule 'video' says accept", before.Services[0].Reasons);
        Assert.Contains("Rate 1Mbps comes from the site's defaults", before.Services[0].Reasons);
        Assert.Contains("Rate 1Mbps became 500Kbps by rule 'video'", before.Services[0].Reasons);
        Assert.Contains("the default decision says ask", before.Services[1].Reasons);
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Three));
        Do(_router.Owner.Approve(Camera, null, false, _router.Now));
        DeviceDto after = Shown().Explain(Camera, null, "", _router.Now, out _)!;
        Assert.Equal(("amended", "owner", 500_000L), (after.State, after.DecidedBy, after.Services[0].RateBitsPerSecond));
        Assert.Null(Shown().Explain(new MacAddress(9), null, "", _router.Now, out string fault));
        Assert.Equal($"no device {new MacAddress(9)}; `dwirm devices` lists them", fault);
        Assert.Null(Shown().Explain(Camera, "{}", "", _router.Now, out fault));
        Assert.StartsWith("this is not a profile", fault);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-26")]
    public void Decisions_are_forgotten_when_a_device_is_gone_for_long_but_refusals_are_not()
    {
        _ = new Dwirm.Daemon.Service.GrantMemory(_router.State);
        MacAddress denied = new(0x020000000002), random = new(0x020000000003);
        foreach (MacAddress mac in (MacAddress[])[Camera, denied, random]) _router.Receive(Dhcpv4Builder.DwirmClient(mac, Three));
        Do(_router.Owner.Approve(Camera, null, false, _router.Now));
        Do(_router.Owner.Deny(denied, _router.Now));
        _router.Lease(Camera);
        _router.Wait(179L * 86_400_000);
        Assert.Equal(3, _router.State.Devices.Count);
        Assert.True(_router.Device(Camera).Record.GoneUnixMs > 0);
        _router.Wait(2L * 86_400_000);
        Assert.Null(_router.State.Devices.Find(random));
        Assert.Equal(("forgotten", "time"), (_router.Store.Events[^1].Kind, _router.Store.Events[^1].By));
        _router.Wait(200L * 86_400_000);
        Assert.Equal([denied], _router.State.Devices.All.Select(device => device.Record.Mac));
    }

    private string[] Granted() => [.. _router.Device(Camera).Grant!.Services.Select(service => $"{service.Category}:{_router.Enforced(Camera)!.Services.Single(one => one.Id == service.Id).Forwards.Count}")];

    private string[] Events() => [.. _router.Store.Events.Select(entry => $"{entry.Kind} by {entry.By}")];

    private void Do(string? refusal)
    {
        Assert.Null(refusal);
        _router.Commit();
    }

    private Documents Shown() => new(_router.State, new SystemClock(), "/state", startedEmpty: false);
}
