using System;
using System.Linq;
using System.Text;
using Dwirm.Control;
using Dwirm.Daemon.Control;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Observe;
using Dwirm.Daemon.Tests.Dns;
using Dwirm.Daemon.Tests.Service;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Wire;
using Dwirm.Wire.Dns;
using Dwirm.Wire.Netlink;

namespace Dwirm.Daemon.Tests.Observe;

/// <summary>From the owner's word to the profile that is suggested, and on to its enforcement.</summary>
public sealed class ObserverTests : IDisposable
{
    private const long Hour = 3_600_000;
    private static readonly MacAddress Laptop = new(0x020000000002);
    private static readonly Ipv4Address Shop = new(0xcb007105), Elsewhere = new(0xcb007109);
    private readonly TestRouter _router = new();
    private readonly Observer _observer;

    public ObserverTests() => _router.State.Observer = _observer = new Observer(_router.State, null);

    public void Dispose()
    {
        _observer.Dispose();
        _router.Dispose();
    }

    [Fact]
    public void While_it_is_observed_an_ordinary_device_asks_the_forwarder_and_nothing_else_changes()
    {
        Ipv4Address address = _router.Lease(Laptop);
        Assert.Null(_router.State.ManagedAt("lan", Ipv6Address.Mapped(address).Value));
        Assert.Null(_observer.Start(Laptop, _router.Now.UnixMs + Hour, _router.Now));
        _router.Commit();
        Assert.Equal([address], Observed());
        Assert.Null(_router.Enforced(Laptop));
        Assert.Null(_router.State.Devices.Find(Laptop));
        Device asker = _router.State.ManagedAt("lan", Ipv6Address.Mapped(address).Value)!;
        Assert.Equal(Laptop, asker.Record.Mac);
        Assert.Null(_router.State.ManagedAt("iot", Ipv6Address.Mapped(address).Value));

        _router.Wait(Hour + Observer.PeriodMs);
        Assert.Empty(Observed());
        Assert.Null(_router.State.ManagedAt("lan", Ipv6Address.Mapped(address).Value));
        Assert.False(_observer.Find(Laptop)!.IsRunning);
        Assert.Equal(0, Suggest().UntilUnixMs);
    }

    [Fact]
    public void What_was_used_is_suggested_by_name_and_can_be_assigned_as_it_is()
    {
        Ipv4Address address = Observe();
        Knows("shop.example.com", Shop);
        Uses(address, Shop, 443);
        Uses(address, Elsewhere, 5000, protocol: 17);
        Uses(address, Shop, 8443, status: 0);
        Uses(address, new Ipv4Address(0x08080808), 53, protocol: 17);
        Uses(address, new Ipv4Address(0xc0a80101), 123, protocol: 17);
        Uses(Elsewhere, address, 8080);
        SuggestionDto suggestion = Suggest();
        Assert.Equal(
            [
                "consume shop.example.com 203.0.113.5 443/tcp HTTP",
                "consume  203.0.113.9 5000/udp Observed 1",
                "provide  203.0.113.9 8080/tcp Observed 2",
            ],
            suggestion.Seen.Select(seen => $"{seen.Direction} {seen.Name} {seen.Address} {seen.Port}/{seen.Protocol} {seen.Category}"));
        Assert.True(suggestion.Observing);
        Assert.Equal(_router.Now.UnixMs + Observer.DefaultMs, suggestion.UntilUnixMs);

        Assert.Null(_router.State.Controls.Assign(Laptop, suggestion.Profile, "", _router.Now));
        _router.Commit();
        PlannedDevice enforced = _router.Enforced(Laptop)!;
        Assert.Equal(DevicePosture.Managed, enforced.Posture);
        Assert.Equal(["HTTP", "Observed 1", "Observed 2"], enforced.Services.Select(service => service.Category).Order());
        PlannedEndpoint udp = Assert.Single(enforced.Services.Single(service => service.Category == "Observed 1").Endpoints);
        Assert.Equal((Elsewhere, Transports.Udp, new PortRange(5000, 5000)), (udp.Destination.Address, udp.Transport, udp.Range));
        PlannedService provided = enforced.Services.Single(service => service.Direction == ServiceDirection.Provide);
        Assert.Equal(new PlannedPort(Transports.Tcp, new PortRange(8080, 8080)), Assert.Single(provided.Ports));
        GrantedService named = _router.Device(Laptop).Grant!.Services.Single(service => service.Category == "HTTP");
        Assert.Equal("shop.example.com", Assert.Single(named.Endpoints).Host.Name);
        // Under a profile it is a managed device like any other, and what it does teaches nothing.
        Assert.Same(_router.Device(Laptop), _router.State.ManagedAt("lan", Ipv6Address.Mapped(address).Value));
        _router.Wait(Observer.PeriodMs);
        Assert.Empty(Observed());
        Assert.Contains("is under a profile", _observer.Start(Laptop, 0, _router.Now));
    }

    [Fact]
    public void The_name_asked_for_last_is_the_one_and_addresses_behind_a_name_are_one_endpoint()
    {
        Ipv4Address address = Observe();
        Knows("old.example.com", Shop);
        Knows("new.example.com", Shop, Elsewhere);
        Uses(address, Shop, 443);
        Uses(address, Elsewhere, 443);
        Assert.Equal("new.example.com", Assert.Single(Suggest().Seen).Name);
    }

    [Fact]
    public void Sightings_count_looks_not_connections()
    {
        Ipv4Address address = Observe();
        for (int i = 0; i < 5; i++) Uses(address, Shop, 443);
        Assert.Equal(1, Assert.Single(Suggest().Seen).Sightings);
    }

    [Fact]
    public void Names_and_flows_are_bounded()
    {
        Ipv4Address address = Observe();
        for (uint i = 0; i < Observation.MaxNames + 1; i++) Knows($"n{i}.example.com", new Ipv4Address(0xcb010000 + i));
        for (uint i = 1; i <= Observation.MaxFlows + 10; i++) Uses(address, new Ipv4Address(0xcb010000 + i), (ushort)(1000 + i));
        Uses(address, new Ipv4Address(0xcb010000 + 1), 1001);
        SuggestionDto suggestion = Suggest();
        Assert.Equal((Observation.MaxFlows, 10L), (suggestion.Seen.Count, suggestion.Missed));
        Assert.Equal("n1.example.com", suggestion.Seen[0].Name);
        Assert.True(suggestion.Omitted > 0);
    }

    [Fact]
    public void Sixteen_devices_are_observed_and_one_that_ended_makes_room()
    {
        for (ulong i = 0; i < Observer.MaxDevices; i++)
        {
            _router.Lease(new MacAddress(0x020000000100 + i));
            Assert.Null(_observer.Start(new MacAddress(0x020000000100 + i), 0, _router.Now));
        }
        _router.Lease(Laptop);
        Assert.Contains("16 devices are observed already", _observer.Start(Laptop, 0, _router.Now));
        Assert.Null(_observer.Stop(new MacAddress(0x020000000103), _router.Now));
        Assert.NotNull(_observer.Stop(new MacAddress(0x020000000103), _router.Now));
        Assert.Null(_observer.Start(Laptop, 0, _router.Now));
        Assert.Null(_observer.Find(new MacAddress(0x020000000103)));
        _router.Commit();
        Assert.Equal(Observer.MaxDevices, Observed().Length);
    }

    [Fact]
    public void What_cannot_be_observed_is_said()
    {
        Assert.Contains("holds no lease", _observer.Start(Laptop, 0, _router.Now));
        Assert.Contains("time to come", _observer.Start(Laptop, _router.Now.UnixMs - 1, _router.Now));
        Assert.Contains("thirty days", _observer.Start(Laptop, _router.Now.UnixMs + Observer.LongestMs + 1, _router.Now));
        var request = new ControlRequest { Method = ControlMethods.Suggest, Mac = Laptop.ToString() };
        Assert.Contains("was not observed", Encoding.UTF8.GetString(ObserveMethods.Suggest(_router.State, request, _router.Now)));
    }

    private Ipv4Address Observe()
    {
        Ipv4Address address = _router.Lease(Laptop);
        var request = new ControlRequest { Method = ControlMethods.Observe, Mac = Laptop.ToString() };
        Assert.Contains("\"observed\"", Encoding.UTF8.GetString(ObserveMethods.Observe(_router.State, request, _router.Now)));
        _router.Wait(0);
        return address;
    }

    private Ipv4Address[] Observed() => [.. _router.Kernel.Change!.Networks.SelectMany(network => network.Observed)];

    private void Knows(string name, params Ipv4Address[] addresses)
    {
        byte[] answer = Message.Answer(name, DnsType.A, [.. addresses.Select(address => (address.ToString(), 60u))]);
        Assert.True(DnsMessage.TryParse(answer, out DnsMessage message));
        _observer.Find(Laptop)!.Asker.Dns!.Learn!(message);
    }

    private void Uses(Ipv4Address from, Ipv4Address to, ushort port, byte protocol = 6, uint status = 2)
    {
        Ipv6Address source = Ipv6Address.Mapped(from), destination = Ipv6Address.Mapped(to);
        _observer.Take(new ConntrackEntry
        {
            Original = new() { Source = source, Destination = destination, Protocol = protocol, SourcePort = 50000, DestinationPort = port },
            Reply = new() { Source = destination, Destination = source, Protocol = protocol, SourcePort = port, DestinationPort = 50000 },
            Status = status,
        });
    }

    private SuggestionDto Suggest()
    {
        var request = new ControlRequest { Method = ControlMethods.Suggest, Mac = Laptop.ToString() };
        byte[] document = ObserveMethods.Suggest(_router.State, request, _router.Now);
        Assert.True(ControlCodec.TryRead(document, out SuggestionDto suggestion, out _), Encoding.UTF8.GetString(document));
        return suggestion;
    }
}
