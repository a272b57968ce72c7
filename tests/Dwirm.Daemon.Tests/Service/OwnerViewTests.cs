using System.Collections.Generic;
using System.Linq;
using Dwirm.Daemon.Control;
using Dwirm.Daemon.Loop;
using Dwirm.Policy;
using Dwirm.Policy.Rules;
using Dwirm.TestKit;
using Dwirm.Wire;

namespace Dwirm.Daemon.Tests.Service;

/// <summary>What the owner is shown of devices, and told when there is nothing to decide.</summary>
public sealed class OwnerViewTests : System.IDisposable
{
    private const string Video = """{"IoT Profile":{"Provide":{"Video Stream":{"Ports":"88-99","Rate":"2Mbps"}}}}""";
    private static readonly MacAddress Camera = new(0x020000000001), Laptop = new(0x020000000002), Stranger = new(0x020000000003);
    private readonly TestRouter _router = new();

    public void Dispose() => _router.Dispose();

    [Fact]
    public void The_overview_counts_the_devices_that_the_list_shows()
    {
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        _router.Lease(Laptop);
        Documents documents = Shown();
        Assert.Equal([("granted", Camera.ToString()), ("new", Laptop.ToString())], documents.Devices(_router.Now).Select(one => (one.State, one.Mac)));
        Assert.Equal(
            [KeyValuePair.Create("new", 1L), KeyValuePair.Create("granted", 1L)],
            documents.Status(_router.Now).Devices.Where(state => state.Value > 0));
    }

    [Fact]
    public void Full_access_shows_every_service_as_open_until_it_ends()
    {
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        Assert.Null(_router.Owner.FullAccess(Camera, _router.Now.UnixMs + 60_000, _router.Now));
        _router.Commit();
        Assert.True(Assert.Single(Shown().Device(Camera, _router.Now)!.Services).Active);
        Instant later = _router.Now with { UnixMs = _router.Now.UnixMs + 60_000 };
        Assert.False(Assert.Single(Shown().Device(Camera, later)!.Services).Active);
        Assert.False(Assert.Single(Shown().Device(Camera, _router.Now with { WallIsTrusted = false })!.Services).Active);
    }

    [Fact]
    public void A_device_that_is_present_but_never_asked_is_told_from_one_that_is_not_there()
    {
        _router.Lease(Laptop);
        string nothing = $"{Laptop} has sent no profile, and nothing was decided about it", unknown = $"no device {Stranger}; `dwirm devices` lists them";
        Assert.Equal<string?[]>([nothing, nothing, nothing], Refusals(Laptop));
        Assert.Equal<string?[]>([unknown, unknown, unknown], Refusals(Stranger));
    }

    [Fact]
    public void An_amendment_that_names_what_is_not_asked_for_approves_nothing()
    {
        _router.State.Policy = new PolicyEngine(new SitePolicy(), CategoryRegistry.Baseline);
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        string wrong = Video.Replace("Video Stream", "Video Steam");
        Assert.Equal(
            $"{Camera} does not ask to provide 'Video Steam', which the amendment has", _router.Owner.Approve(Camera, wrong, once: false, _router.Now));
        Assert.Equal("pending", Shown().Device(Camera, _router.Now)!.State);
    }

    [Fact]
    public void A_device_that_is_present_has_no_profile_to_explain_and_one_that_is_not_is_unknown()
    {
        _router.Lease(Laptop);
        Assert.Null(Shown().Explain(Laptop, null, "", _router.Now, out string present));
        Assert.Null(Shown().Explain(Stranger, null, "", _router.Now, out string absent));
        Assert.Equal(($"{Laptop} has sent no profile", $"no device {Stranger}; `dwirm devices` lists them"), (present, absent));
    }

    private string?[] Refusals(MacAddress mac) =>
        [_router.Owner.Deny(mac, _router.Now), _router.Owner.Revoke(mac, _router.Now), _router.Owner.Forget(mac, _router.Now)];

    private Documents Shown() => new(_router.State, new SystemClock(), "/state", startedEmpty: false);
}
