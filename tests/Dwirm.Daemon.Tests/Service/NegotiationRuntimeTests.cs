using System.Collections.Generic;
using Dwirm.Dhcp;
using Dwirm.Policy;
using Dwirm.Policy.Rules;
using Dwirm.TestKit;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Daemon.Tests.Service;

/// <summary>From the packet to what is recorded, enforced and replied.</summary>
public sealed class NegotiationRuntimeTests : System.IDisposable
{
    private const string Video = """{"IoT Profile":{"Provide":{"Video Stream":{"Ports":"88-99","Rate":"2Mbps"}}}}""";
    private const string Other = """{"IoT Profile":{"Provide":{"Anything":{"Ports":"7000","Rate":"2Mbps"}}}}""";
    private static readonly MacAddress Camera = new(0x020000000001);
    private readonly TestRouter _router = new();

    public void Dispose() => _router.Dispose();

    [Fact]
    [Trait("Requirement", "DWIRM-18")]
    public void A_decided_profile_is_answered_at_once_and_the_offer_follows()
    {
        List<SentMessage> sent = _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        Assert.Equal([Dhcpv4MessageType.DefaultDwirmServer, Dhcpv4MessageType.Offer], sent.ConvertAll(one => one.Type));
        Assert.Equal(_router.Store.Devices[Camera].AnswerJson, sent[0].Profile);
        Assert.False(_router.Device(Camera).DecisionDeadline is { IsSet: true });
    }

    [Fact]
    [Trait("Requirement", "DWIRM-27")]
    public void First_recorded_then_enforced_then_said()
    {
        _router.Order.Clear();
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        Assert.Equal(["record", "enforce", "reply", "reply"], _router.Order);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-19")]
    public void An_undecided_profile_gets_its_offer_when_the_decision_time_is_over()
    {
        Assert.Empty(_router.Receive(Dhcpv4Builder.DwirmClient(Camera, Other, xid: 7)));
        Assert.Empty(_router.Wait(99));
        SentMessage offer = Assert.Single(_router.Wait(1));
        Assert.Equal((Dhcpv4MessageType.Offer, 7u), (offer.Type, offer.Xid));
        Assert.Empty(_router.Enforced(Camera)!.Services);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-23")]
    public void Message_types_and_option_codes_are_the_sites()
    {
        _router.State.Config = _router.State.Config with { MessageTypeClient = 250, MessageTypeServer = 251, ProfileOption = 230 };
        byte[] profile = System.Text.Encoding.UTF8.GetBytes(Video);
        List<SentMessage> sent = _router.Receive(Dhcpv4Builder.Message(250, Camera).Long(230, profile));
        Assert.Equal([251, Dhcpv4MessageType.Offer], sent.ConvertAll(one => (int)one.Type));
        Assert.Single(_router.Enforced(Camera)!.Services);
        // The numbers of before mean nothing now.
        var other = new MacAddress(0x020000000002);
        Assert.Empty(_router.Receive(Dhcpv4Builder.DwirmClient(other, Video)));
        Assert.Single(_router.Receive(Dhcpv4Builder.Discover(other).Profile(Video)));
        Assert.Null(_router.State.Devices.Find(other));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-19")]
    [Trait("Requirement", "DWIRM-21")]
    public void A_discover_waits_with_an_undecided_profile_and_only_then()
    {
        var laptop = new MacAddress(0x020000000002);
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Other));
        Assert.Empty(_router.Receive(Dhcpv4Builder.Discover(Camera, xid: 8)));
        Assert.Single(_router.Receive(Dhcpv4Builder.Discover(laptop)));
        SentMessage offer = Assert.Single(_router.Wait(100));
        Assert.Equal(8u, offer.Xid);
        Assert.Single(_router.Receive(Dhcpv4Builder.Discover(Camera)));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-20")]
    public void An_approval_is_told_three_times_unasked()
    {
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Other, xid: 9));
        _router.Wait(100);
        Ipv4Address address = _router.Lease(Camera);
        int before = _router.Lan.Sent.Count;
        Assert.Null(_router.Owner.Approve(Camera, null, once: false, _router.Now));
        _router.Commit();
        SentMessage first = Assert.Single(_router.Lan.Sent[before..]);
        Assert.Equal((Dhcpv4MessageType.DefaultDwirmServer, 9u, Other), (first.Type, first.Xid, first.Profile));
        Assert.Equal(new Dhcpv4Destination(address, Dhcpv4Destination.ClientPort, false), first.Destination);
        Assert.Single(_router.Enforced(Camera)!.Services);
        Assert.Single(_router.Wait(2000));
        Assert.Single(_router.Wait(6000));
        Assert.Empty(_router.Wait(60_000));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-20")]
    public void A_policy_read_again_is_told_to_everyone_however_many()
    {
        for (ulong mac = 1; mac <= 140; mac++)
        {
            var one = new MacAddress(mac);
            _router.Receive(Dhcpv4Builder.DwirmClient(one, Video));
            var iot = new MacAddress(1000 + mac);
            _router.Receive(Dhcpv4Builder.DwirmClient(iot, Video), _router.Iot);
        }
        int before = _router.Lan.Sent.Count + _router.Iot.Sent.Count;
        _router.State.Policy = new PolicyEngine(new SitePolicy { Decision = PolicyDecision.Deny }, CategoryRegistry.Baseline);
        _router.State.Negotiator.ReconsiderAll(_router.Now, device => _router.State.Unsolicited.Start(device, _router.Now));
        _router.Commit();
        _router.Wait(20);
        Assert.Equal(280, _router.Lan.Sent.Count + _router.Iot.Sent.Count - before);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Requirement", "DWIRM-26")]
    public void An_approval_for_one_lease_ends_with_it(bool released)
    {
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Other));
        _router.Wait(100);
        Ipv4Address address = _router.Lease(Camera);
        Assert.Null(_router.Owner.Approve(Camera, null, once: true, _router.Now));
        _router.Commit();
        Assert.Single(_router.Enforced(Camera)!.Services);
        if (released) _router.Receive(Dhcpv4Builder.Release(Camera, address, _router.Lan.RouterAddress));
        else _router.Wait(12 * 3_600_000);
        Assert.Equal(DeviceState.Pending, _router.Device(Camera).Record.State);
        _router.Lease(Camera);
        Assert.Empty(_router.Enforced(Camera)!.Services);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-26")]
    public void A_release_ends_the_late_answers()
    {
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Other));
        _router.Wait(100);
        Ipv4Address address = _router.Lease(Camera);
        _router.Owner.Approve(Camera, null, once: false, _router.Now);
        _router.Commit();
        _router.Receive(Dhcpv4Builder.Release(Camera, address, _router.Lan.RouterAddress));
        Assert.Empty(_router.Wait(2000));
        Assert.Empty(_router.Enforced(Camera)!.Addresses4);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-27")]
    public void What_the_store_did_not_take_is_neither_said_nor_enforced()
    {
        _router.Lease(Camera);
        _router.Store.Fails = true;
        Assert.Empty(_router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video)));
        Assert.Empty(_router.Enforced(Camera)?.Services ?? []);
        _router.Store.Fails = false;
        _router.Wait(1000);
        Assert.Single(_router.Enforced(Camera)!.Services);
        Assert.Equal(Dhcpv4MessageType.DefaultDwirmServer, Assert.Single(_router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video))).Type);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-27")]
    public void What_is_taken_back_ends_even_when_the_store_fails()
    {
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        _router.Lease(Camera);
        Assert.Single(_router.Enforced(Camera)!.Services);
        _router.Store.Fails = true;
        _router.Owner.Revoke(Camera, _router.Now);
        _router.Commit();
        Assert.Empty(_router.Enforced(Camera)!.Services);
    }

    [Fact]
    public void A_kernel_that_refuses_keeps_back_what_needs_it_and_nothing_else()
    {
        var laptop = new MacAddress(0x020000000002);
        _router.Kernel.Refuses = true;
        SentMessage only = Assert.Single(_router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video)));
        Assert.Equal(Dhcpv4MessageType.Offer, only.Type);
        Assert.Empty(_router.Receive(Dhcpv4Builder.Select(Camera, only.Address, _router.Lan.RouterAddress)));
        _router.Lease(laptop);
        _router.Kernel.Refuses = false;
        _router.Wait(1000);
        Assert.Single(_router.Receive(Dhcpv4Builder.Select(Camera, only.Address, _router.Lan.RouterAddress)));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-25")]
    public void An_answer_that_rides_in_an_offer_waits_for_the_kernel_too()
    {
        _router.Kernel.Refuses = true;
        Dhcpv4Builder discover = Dhcpv4Builder.Discover(Camera).Requesting(Dhcpv4OptionCode.DefaultProfile).Profile(Video);
        Assert.DoesNotContain(_router.Receive(discover), one => one.Profile.Length > 0);
    }
}
