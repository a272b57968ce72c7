using System;
using System.Collections.Generic;
using System.Linq;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Service;
using Dwirm.Enforcement;
using Dwirm.TestKit;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Daemon.Tests.Service;

/// <summary>Which IPv6 addresses become a device's own, and when they stop being so.</summary>
[Trait("Requirement", "DWIRM-27")]
public sealed class AddressLearnerTests : IDisposable
{
    private const int LanIndex = 3;
    private const string Video = """{"IoT Profile":{"Provide":{"Video Stream":{"Ports":"88-99"}}}}""";
    private static readonly MacAddress Camera = new(0x020000000010), Plug = new(0x020000000030), Stranger = new(0x020000000099);
    private readonly TestRouter _router = new();
    private readonly Neighbours _neighbours = new();
    private readonly AddressLearner _learner;

    public AddressLearnerTests()
    {
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        _router.Receive(Dhcpv4Builder.DwirmClient(Plug, Video));
        _learner = new AddressLearner(_router.State.Devices, _router.State.Enforcement, _neighbours, _router.State.Loop.Deadlines, _router.State.Log);
        Prefixes("fd00:1::1/64", "2001:db8:1::1/64");
    }

    public void Dispose() => _router.Dispose();

    [Theory]
    [InlineData("fd00:1::10")]
    [InlineData("2001:db8:1:0:1234:5678:9abc:def0")]
    [InlineData("fe80::1234:5678:9abc:def0")]
    [InlineData("fd00:1::ff:fe00:10")]
    public void An_address_that_nobody_else_answers_for_becomes_the_devices_own(string address)
    {
        Detects(Camera, address);
        Assert.Equal([$"{LanIndex} {address}"], _neighbours.Solicited);
        _router.Wait(AddressLearner.TentativeMs - 1);
        Assert.Empty(Own(Camera));
        _router.Wait(1);
        Assert.Equal([address], Own(Camera));
        Assert.Equal([address], _router.Enforced(Camera)!.Addresses6.Select(one => one.ToString()));
        Assert.Empty(Own(Plug));
    }

    [Fact]
    [Trait("Requirement", "DNS-06")]
    public void A_question_from_a_learnt_address_is_the_devices()
    {
        _router.State.Addresses6 = _learner;
        Learnt(Camera, "fd00:1::10");
        Assert.Same(_router.Device(Camera), _router.State.ManagedAt("lan", Ip6("fd00:1::10").Value));
        Assert.Same(_router.Device(Plug), _router.State.ManagedAt("lan", Ipv6Address.LinkLocalFrom(Plug).Value));
        foreach (string nobodys in new[] { "fd00:1::11", "fe80::1", "fe80::ff:fe00:99" }) Assert.Null(_router.State.ManagedAt("lan", Ip6(nobodys).Value));
        Assert.Null(_router.State.ManagedAt("iot", Ip6("fd00:1::10").Value));
    }

    [Fact]
    public void A_packet_from_an_address_says_as_much_as_its_detection()
    {
        Sends(Camera, "fd00:1::10");
        _router.Wait(AddressLearner.TentativeMs);
        Assert.Equal(["fd00:1::10"], Own(Camera));
    }

    [Theory]
    [InlineData("fd00:2::10")] // no prefix of the network
    [InlineData("2001:db8:1:1::10")]
    [InlineData("fe80:0:0:1::10")] // no address a host forms
    [InlineData("fe80::")]
    [InlineData("fd00:1::1")] // the router's own
    [InlineData("fe80::1")]
    [InlineData("2001:db8::2")]
    [InlineData("fd00:1::")] // the router's anycast address (RFC 4291 section 2.6.1)
    [InlineData("fd00:1::fdff:ffff:ffff:fffe")] // reserved (RFC 2526)
    [InlineData("ff02::1")]
    [InlineData("::ffff:192.168.1.1")]
    [InlineData("fe80::ff:fe00:30")] // the plug's
    [InlineData("fd00:1::ff:fe00:30")]
    public void Some_addresses_are_nobodys_to_take(string address)
    {
        Detects(Camera, address);
        Sends(Camera, address);
        _router.Wait(AddressLearner.TentativeMs);
        Assert.Empty(Own(Camera));
        Assert.Empty(_neighbours.Solicited);
    }

    [Fact]
    public void The_first_owner_wins()
    {
        Learnt(Camera, "fd00:1::10");
        Detects(Plug, "fd00:1::10");
        Sends(Plug, "fd00:1::10");
        _router.Wait(AddressLearner.TentativeMs);
        Assert.Empty(Own(Plug));
        // Two at a time: the second is not even asked for.
        Detects(Plug, "fd00:1::11");
        Detects(Camera, "fd00:1::11");
        _router.Wait(AddressLearner.TentativeMs);
        Assert.Equal(["fd00:1::11"], Own(Plug));
        Assert.Equal(["fd00:1::10"], Own(Camera));
    }

    [Fact]
    public void Who_answers_for_an_address_keeps_it()
    {
        Detects(Camera, "fd00:1::20");
        _neighbours.Table.Add(("fd00:1::20", Stranger, 0));
        _router.Wait(AddressLearner.TentativeMs);
        Assert.Empty(Own(Camera));
        // It left; the address is asked for anew.
        _neighbours.Table.Clear();
        _neighbours.Table.Add(("fd00:1::20", Camera, 0));
        Learnt(Camera, "fd00:1::20");
    }

    [Fact]
    public void The_same_address_on_another_link_is_another()
    {
        _neighbours.Table.Add(("fe80::1234", Stranger, 0));
        _neighbours.Link = 2;
        Learnt(Camera, "fe80::1234");
    }

    [Fact]
    public void When_the_kernel_does_not_tell_nothing_is_learnt()
    {
        _neighbours.Tells = false;
        Detects(Camera, "fd00:1::20");
        _router.Wait(AddressLearner.TentativeMs);
        Assert.Empty(Own(Camera));
        _neighbours.Tells = true;
        Learnt(Camera, "fd00:1::20");
    }

    [Fact]
    public void Devices_that_are_not_known_have_nothing_to_learn()
    {
        Detects(Stranger, "fd00:1::20");
        Assert.Empty(_neighbours.Solicited);
    }

    [Fact]
    public void A_device_has_sixteen_addresses_and_the_one_that_was_silent_longest_goes()
    {
        for (int i = 0; i < 18; i++) Learnt(Camera, $"fd00:1::{i + 16:x}", i < LearntAddress.PerDevice);
        Assert.Equal(LearntAddress.PerDevice, Own(Camera).Count);
        Sends(Camera, "fd00:1::10");
        _router.Wait(10 * AddressLearner.TickMs);
        Sends(Camera, "fd00:1::10");
        Learnt(Camera, "fd00:1::100");
        Assert.Equal(LearntAddress.PerDevice, Own(Camera).Count);
        Assert.Contains("fd00:1::10", Own(Camera));
        Assert.DoesNotContain("fd00:1::11", Own(Camera));
    }

    [Fact]
    public void A_device_cannot_have_the_router_ask_for_many_addresses_at_once()
    {
        for (int i = 0; i < 100; i++) Detects(Camera, $"fd00:1::{i + 16:x}");
        Assert.Equal(4, _neighbours.Solicited.Count);
    }

    [Fact]
    public void An_address_that_is_not_used_any_more_is_forgotten_after_it_was_asked_for()
    {
        Learnt(Camera, "fd00:1::10");
        Learnt(Camera, "fd00:1::11");
        _neighbours.Solicited.Clear();
        for (int minute = 0; minute < 28; minute++) _router.Wait(AddressLearner.TickMs);
        _neighbours.Table.Add(("fd00:1::10", Camera, 1000));
        for (int minute = 0; minute < 4; minute++) _router.Wait(AddressLearner.TickMs);
        Assert.Equal(["fd00:1::10", "fd00:1::11"], Own(Camera));
        _router.Wait(AddressLearner.TickMs);
        Assert.Equal(["fd00:1::10"], Own(Camera));
        Assert.Equal(["fd00:1::10"], _router.Enforced(Camera)!.Addresses6.Select(one => one.ToString()));
        Assert.All(_neighbours.Solicited, asked => Assert.Equal($"{LanIndex} fd00:1::11", asked));
        Assert.Equal(3, _neighbours.Solicited.Count);
        Learnt(Plug, "fd00:1::11");
    }

    [Fact]
    public void A_prefix_that_goes_takes_its_addresses_with_it()
    {
        Learnt(Camera, "2001:db8:1::10");
        Learnt(Camera, "fd00:1::10");
        Prefixes("fd00:1::1/64", "2001:db8:2::1/64");
        _router.Wait(AddressLearner.TickMs);
        Assert.Equal(["fd00:1::10"], Own(Camera));
        Learnt(Camera, "2001:db8:2::10");
        Assert.Equal(["2001:db8:2::1/64", "fd00:1::1/64"], _router.Kernel.Plan!.Networks[0].Prefixes6.Select(one => one.ToString()).Where(one => !one.StartsWith("fe80", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public void A_device_that_was_forgotten_and_comes_back_may_form_its_address_again()
    {
        Learnt(Camera, "fd00:1::10");
        _router.State.Devices.Remove(_router.Device(Camera));
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        Assert.Empty(Own(Camera));
        Learnt(Camera, "fd00:1::10");
    }

    [Fact]
    public void A_device_that_is_forgotten_leaves_its_addresses()
    {
        Learnt(Camera, "fd00:1::10");
        _router.State.Devices.Remove(_router.Device(Camera));
        _router.State.Enforcement.MarkDirty(Camera);
        _router.Wait(AddressLearner.TickMs);
        Learnt(Plug, "fd00:1::10");
    }

    [Fact]
    public void What_an_earlier_run_knew_is_still_known()
    {
        var kernel = new EarlierRun([(Camera, "fd00:1::10"), (Camera, "fe80::ff:fe00:10"), (Camera, "fd00:9::10"), (Plug, "fd00:1::10"), (Stranger, "fd00:1::12")]);
        _router.State.Enforcement.Opened!(kernel, _router.Now);
        _router.Commit();
        Assert.Equal(["fd00:1::10"], Own(Camera));
        Assert.Equal(["fd00:1::10"], _router.Enforced(Camera)!.Addresses6.Select(one => one.ToString()));
        Assert.Empty(Own(Plug));
    }

    [Fact]
    public void Packets_that_are_cut_short_or_something_else_are_no_claim()
    {
        byte[] detection = Detection("fd00:1::10");
        for (int length = 0; length < detection.Length; length++) Logged(Camera, detection.AsSpan(0, length));
        foreach ((int at, byte value) in ((int, byte)[])[(0, 0x45), (6, 17), (7, 64), (40, 136)])
        {
            byte[] other = Detection("fd00:1::10");
            other[at] = value;
            Logged(Camera, other);
        }
        Assert.Empty(_neighbours.Solicited);
        Logged(Camera, detection);
        Assert.Single(_neighbours.Solicited);
    }

    private static Ipv6Address Ip6(string text) => Ipv6Address.TryParse(text, out Ipv6Address address) ? address : throw new FormatException(text);

    private List<string> Own(MacAddress mac) => _router.Device(mac).Addresses6.ConvertAll(learnt => learnt.Address.ToString());

    private void Learnt(MacAddress mac, string address, bool expected = true)
    {
        Detects(mac, address);
        _router.Wait(AddressLearner.TentativeMs);
        Assert.Equal(expected, Own(mac).Contains(address));
    }

    private void Prefixes(params string[] prefixes)
    {
        List<Ipv6Prefix> inside = [.. prefixes.Select(text => Ipv6Prefix.TryParse(text, out Ipv6Prefix prefix) ? prefix : default), new(Ip6("fe80::1"), 64)];
        _router.State.Enforcement.Interfaces = InterfaceTable.Of(
            [
                new InterfaceInfo(LanIndex, "br-lan", default, true, true, 1500, 0, []) { Addresses6 = inside },
                new InterfaceInfo(2, "wan", default, false, true, 1500, 0, []) { Addresses6 = [new(Ip6("2001:db8::2"), 64)] },
            ]);
        _router.Commit();
    }

    private void Detects(MacAddress mac, string address) => Logged(mac, Detection(address));

    private void Sends(MacAddress mac, string address)
    {
        byte[] packet = new byte[60];
        packet[0] = 0x60;
        packet[6] = 6;
        Ip6(address).Write(packet.AsSpan(8));
        Logged(mac, packet);
    }

    private static byte[] Detection(string address)
    {
        byte[] packet = new byte[64];
        (packet[0], packet[6], packet[7], packet[40]) = (0x60, 58, 255, 135);
        Ip6(address).Write(packet.AsSpan(48));
        return packet;
    }

    private void Logged(MacAddress mac, ReadOnlySpan<byte> payload)
    {
        var writer = new NetlinkWriter(512);
        using (writer.Message(NflogMessages.Packet, NetlinkFlags.None, 1))
        {
            writer.NfGenMessage(NfFamily.Bridge, PacketLog.AddressGroup);
            Span<byte> hardware = writer.Attribute(8, 12);
            hardware.Clear();
            hardware[1] = MacAddress.Size;
            mac.Write(hardware[4..]);
            payload.CopyTo(writer.Attribute(9, payload.Length));
        }
        var reader = new NetlinkReader(writer.Written);
        Assert.True(reader.Next(out NetlinkMessage message));
        Assert.True(NflogMessages.TryReadLogged(message, out LoggedPacket packet));
        _learner.OnPacket(packet, _router.Now);
    }

    internal sealed class Neighbours : INeighbours
    {
        public bool Tells { get; set; } = true;

        public List<string> Solicited { get; } = [];

        public List<(string Address, MacAddress Mac, long AgoMs)> Table { get; } = [];

        public int Link { get; set; } = LanIndex;

        public void Solicit(int device, Ipv6Address address) => Solicited.Add($"{device} {address}");

        public bool Read(NeighbourHandler take)
        {
            foreach ((string address, MacAddress mac, long agoMs) in Table)
                take(new Neighbour { Device = Link, Address = Ip6(address), Mac = mac, ConfirmedMsAgo = agoMs });
            return Tells;
        }
    }

    private sealed class EarlierRun((MacAddress Mac, string Address)[] addresses) : IKernel
    {
        public KernelSupport Support { get; } = new(true, true, []);

        public NetlinkError? Apply(PlanChange change, Instant now) => null;

        public bool IsIntact() => true;

        public bool ReadUsage(Dictionary<uint, ServiceUsage> usage) => false;

        public void ReadAddresses(Action<MacAddress, Ipv6Address> take)
        {
            foreach ((MacAddress mac, string address) in addresses) take(mac, Ip6(address));
        }

        public void Dispose()
        {
        }
    }
}
