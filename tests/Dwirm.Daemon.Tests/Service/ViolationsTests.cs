using System;
using System.Collections.Generic;
using System.Linq;
using Dwirm.Control;
using Dwirm.Daemon.Control;
using Dwirm.Daemon.Loop;
using Dwirm.Daemon.Service;
using Dwirm.Enforcement;
using Dwirm.Policy;
using Dwirm.TestKit;
using Dwirm.Wire;

namespace Dwirm.Daemon.Tests.Service;

/// <summary>Who tried what is remembered, told and recorded, in bounds that nobody who is refused can move.</summary>
[Trait("Requirement", "DWIRM-27")]
public sealed class ViolationsTests : IDisposable
{
    private const string Video = """{"IoT Profile":{"Provide":{"Video Stream":{"Ports":"88-99","Rate":"2Mbps"}}}}""";
    private const byte Tcp = 6;
    private static readonly MacAddress Camera = new(0x020000000001), Laptop = new(0x020000000002);
    private readonly TestRouter _router = new();
    private readonly List<HistoryEntry> _events = [];
    private readonly Ipv4Address _camera;
    private Instant _now;

    public ViolationsTests()
    {
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        _camera = _router.Lease(Camera);
        _router.State.Events.Follow(_events.Add);
        _now = _router.Now;
    }

    public void Dispose() => _router.Dispose();

    private Violations Seen => _router.State.Violations;

    [Fact]
    public void WhatADeviceTriesIsToldOfIt()
    {
        Try(Camera, "192.168.1.100", "203.0.113.80", 80, times: 3);
        Violation entry = Assert.Single(Seen.All);
        Assert.Equal((Camera, "203.0.113.80", Tcp, (ushort)80, false, 3L), (entry.Mac, RefusedPacket.Text(entry.Remote), entry.Protocol, entry.Port, entry.Inbound, entry.Count));
        HistoryEntry told = Assert.Single(_events);
        Assert.Equal(("violation", "device", "tried to reach 203.0.113.80 tcp 80"), (told.Kind, told.By, told.Detail));
    }

    [Fact]
    public void AnAttemptOnADeviceIsToldOfThatDevice()
    {
        Try(Laptop, "192.168.1.50", _camera.ToString(), 23);
        Violation entry = Assert.Single(Seen.All);
        Assert.Equal((Camera, true, "192.168.1.50 tried to reach its tcp 23"), (entry.Mac, entry.Inbound, Violations.Describe(entry)));
        // From outside the frame's sender is the provider's router.
        Try(new MacAddress(0x0200000000ff), "198.51.100.66", _camera.ToString(), 554, inside: false);
        Assert.Equal("198.51.100.66 tried to reach its tcp 554", Violations.Describe(Seen.All[1]));
        Try(new MacAddress(0x0200000000ff), "198.51.100.66", "198.51.100.2", 554, inside: false);
        Assert.Equal(2, Seen.All.Count);
        _router.State.Addresses6 = new AddressLearner(
            _router.State.Devices, _router.State.Enforcement, new AddressLearnerTests.Neighbours(), _router.State.Loop.Deadlines, _router.State.Log);
        Try(Laptop, "fd00:1::20", "fe80::ff:fe00:1", 23);
        Assert.Equal("fd00:1::20 tried to reach its tcp 23", Violations.Describe(Seen.All[2]));
        Assert.All(Seen.All, one => Assert.Equal(Camera, one.Mac));
    }

    [Fact]
    public void AnAttemptByIpv6IsToldOfWhoHoldsTheAddress()
    {
        Assert.True(Ipv6Address.TryParse("2001:db8::9", out Ipv6Address from));
        var packet = new RefusedPacket { Source = from, Destination = Ipv6Address.LinkLocalFrom(Camera), Protocol = Tcp, Port = 22 };
        Seen.Note(Laptop, true, packet, false, _now);
        Assert.Equal((Laptop, false), (Seen.All[0].Mac, Seen.All[0].Inbound));
        _router.State.Addresses6 = new AddressLearner(
            _router.State.Devices, _router.State.Enforcement, new NoNeighbours(), _router.State.Loop.Deadlines, _router.State.Log);
        Seen.Note(Laptop, true, packet, false, _now);
        Assert.Equal((Camera, "2001:db8::9 tried to reach its tcp 22"), (Seen.All[1].Mac, Violations.Describe(Seen.All[1])));
    }

    [Fact]
    public void ASpoofedPacketIsToldOfWhoSentItWithWhatItClaimed()
    {
        Try(Laptop, _camera.ToString(), "203.0.113.80", 80, spoofed: true);
        HistoryEntry told = Assert.Single(_events);
        Assert.Equal((Laptop, "spoof", $"used {_camera}, which is not its address (tcp 80)"), (told.Mac, told.Kind, told.Detail));
    }

    [Fact]
    public void TheSameIsAnEventOnceAnHour()
    {
        for (int minute = 0; minute < 121; minute++)
        {
            Try(Camera, "192.168.1.100", "203.0.113.80", (ushort)(80 + minute % 3));
            Later(60_000);
        }
        Assert.Equal(3, _events.Count);
    }

    [Fact]
    public void AScanDoesNotPushOutOtherDevicesNorItself()
    {
        Try(Camera, "192.168.1.100", "203.0.113.1", 80);
        for (int port = 1; port <= 5000; port++) Try(Laptop, "192.168.1.50", "203.0.113.2", (ushort)port);
        Assert.Equal(Violations.MaxPerDevice + 1, Seen.All.Count);
        Assert.Contains(Seen.All, entry => entry.Mac == Camera);
        for (ulong mac = 0; mac < 5000; mac++) Try(new MacAddress(0x060000000000 + mac), "192.168.1.50", "203.0.113.2", 1);
        Assert.Equal(Violations.MaxOthers, Seen.All.Count(entry => !entry.Managed));
        Assert.Contains(Seen.All, entry => entry.Mac == Camera);
    }

    [Fact]
    public void FlashIsWrittenAtABoundedPaceAndStrangersCannotTakeItFromDevices()
    {
        for (int i = 0; i < 600; i++)
        {
            Try(new MacAddress(0x060000000000 + (ulong)i), "192.168.1.50", $"203.0.113.{i % 250}", 1);
            Later(1000);
        }
        Assert.Equal(Violations.OtherEventsPerHour, Recorded());
        for (int i = 0; i < 600; i++)
        {
            Try(Camera, "192.168.1.100", $"203.0.{i / 250}.{i % 250}", 1);
            Later(1000);
        }
        Assert.Equal(Violations.OtherEventsPerHour + Violations.ManagedEventsPerHour, Recorded());
        Later(3_600_000);
        Try(Camera, "192.168.1.100", "203.0.113.9", 9);
        Assert.Equal(Violations.OtherEventsPerHour + Violations.ManagedEventsPerHour + 1, Recorded());
    }

    [Fact]
    public void TheOwnerSeesItInTheDeviceAndInTheCounters()
    {
        Try(Camera, "192.168.1.100", "203.0.113.80", 80, times: 2);
        Later(1000);
        Try(Camera, "10.0.0.1", "203.0.113.80", 80, spoofed: true);
        _router.Device(Camera).Dns = new Dwirm.Daemon.Dns.DnsUse { Queries = 7 };
        var documents = new Documents(_router.State, new SystemClock(), "/state", startedEmpty: false);
        DeviceDto device = documents.Device(Camera, _now)!;
        Assert.Equal(["spoof out 10.0.0.1 tcp 80 1", "violation out 203.0.113.80 tcp 80 2"],
            device.Violations.Select(one => $"{one.Kind} {one.Direction} {one.Address} {one.Protocol} {one.Port} {one.Count}"));
        CountersDto counters = Assert.Single(UsageDocuments.Counters(_router.State, [device]));
        Assert.Equal((7L, 2L, 1L), (counters.Queries, counters.Violations, counters.Spoofed));
        Assert.Equal("Video Stream", Assert.Single(counters.Services).Category);
    }

    private static Ipv6Address Address(string text)
    {
        if (Ipv4Address.TryParse(text, out Ipv4Address version4)) return Ipv6Address.Mapped(version4);
        Assert.True(Ipv6Address.TryParse(text, out Ipv6Address address));
        return address;
    }

    private int Recorded() => _router.State.Turn.Batch.Changes.Count;

    private void Later(long milliseconds) => _now = new Instant(_now.MonotonicMs + milliseconds, _now.UnixMs + milliseconds, true);

    private void Try(MacAddress sender, string source, string destination, ushort port, int times = 1, bool inside = true, bool spoofed = false)
    {
        var packet = new RefusedPacket { Source = Address(source), Destination = Address(destination), Protocol = Tcp, Port = port };
        for (int i = 0; i < times; i++) Seen.Note(sender, inside, packet, spoofed, _now);
    }

    private sealed class NoNeighbours : INeighbours
    {
        public void Solicit(int device, Ipv6Address address)
        {
        }

        public bool Read(NeighbourHandler take) => true;
    }
}
