using System.Collections.Generic;
using System.Linq;
using Dwirm.Enforcement.Ledger;
using Dwirm.Enforcement.Tables;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Wire;

namespace Dwirm.Enforcement.Tests;

/// <summary>From plan to elements for IPv6, without a kernel.</summary>
public sealed class Ledger6Tests
{
    private static readonly PlannedNetwork Lan = Plans.Lan() with { Prefixes6 = [Plans.Prefix6("fd00:1::1/64")] };

    private static List<Element> Build(params PlannedDevice[] devices) =>
        new LedgerBuilder(new InterfaceNames()).Build(Plans.Of(devices) with { Networks = [Lan] }, [new BridgePort("p1", "br-lan")], Plans.Now.MonotonicMs);

    private static Element[] In(List<Element> elements, SetId set) => [.. elements.Where(element => element.Set == set)];

    private static PlannedDevice Camera(int addresses, params PlannedService[] services) =>
        Plans.Device(0x10, services) with { Addresses6 = [.. Enumerable.Range(0x10, addresses).Select(i => Plans.Ip6($"fd00:1::{i:x}"))] };

    [Fact]
    public void AnotherAddressTouchesNoService()
    {
        PlannedService[] services = [Plans.Provide(1, Plans.Tcp(80, 90)), Plans.Consume(2) with { Endpoints6 = [Plans.To6("2001:db8::5", 443)] }];
        List<Element> one = Build(Camera(1, services)), many = Build(Camera(16, services));
        SetId[] perAddress = [SetId.Own6, SetId.Bind6, SetId.Device6, SetId.L2Own6, SetId.L2Bind6, SetId.L2NdOwn, SetId.L2NdHeld];
        foreach (SetId set in perAddress) Assert.Equal((2, 17), (In(one, set).Length, In(many, set).Length)); // the link-local one is always there
        Assert.Equal(
            one.Where(element => !perAddress.Contains(element.Set)).Select(element => (element.Head, element.Mac, element.Address, element.Data)),
            many.Where(element => !perAddress.Contains(element.Set)).Select(element => (element.Head, element.Mac, element.Address, element.Data)));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-09")]
    public void APortForwardIsAPinholeToThePortInside()
    {
        PlannedService video = Plans.Provide(1, Plans.Tcp(80)) with
        {
            Forwards = [new(Transports.Tcp, Plans.Ports(8080, 8081), Plans.Ports(80, 81)), new(Transports.Udp, Plans.Ports(30000, 30100), Plans.Ports(40000, 40100))],
        };
        List<Element> elements = Build(Camera(1, video));
        int inside = Assert.Single(In(elements, SetId.Lan)).Interface, outside = Assert.Single(In(elements, SetId.Uplink)).Interface;
        Assert.Equal(
            [(6, inside, 80), (6, outside, 80), (6, outside, 81)],
            In(elements, SetId.P6).Select(element => ((int)element.Protocol, element.Interface, (int)element.PortLow)).Order());
        Element range = Assert.Single(In(elements, SetId.P6Range));
        Assert.Equal((17, outside, 40000, 40100, 128), (range.Protocol, range.Interface, range.PortLow, range.PortHigh, range.FreeBits));
        Assert.All(In(elements, SetId.P6), element => Assert.Equal((0x1000u, 0x1001ul), (element.Mark, element.Data)));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-14")]
    public void NamedSourcesOfOneFamilyOpenNothingInTheOther()
    {
        List<Element> four = Build(Camera(1, Plans.Provide(1, Plans.Tcp(22)) with { Sources = [Plans.Prefix("192.168.1.32")] }));
        Assert.Empty(In(four, SetId.P6));
        Assert.Empty(In(four, SetId.P6Range));
        Assert.Empty(In(four, SetId.L2Provide6));
        Assert.Empty(In(four, SetId.L2Provide6Range));
        List<Element> six = Build(Camera(1, Plans.Provide(1, Plans.Tcp(22)) with { Sources6 = [Plans.Ip6("fd00:1::20"), Plans.Ip6("fd00:1::21")] }));
        Assert.Empty(In(six, SetId.P4));
        Assert.Empty(In(six, SetId.P4Range));
        Assert.Empty(In(six, SetId.P6));
        Assert.Equal(["fd00:1::20", "fd00:1::21"], In(six, SetId.P6Range).Select(element => new Ipv6Address(element.Address).ToString()));
        Assert.All(In(six, SetId.L2Provide6Range), element => Assert.Equal((0, Plans.Mac(0x10)), (element.FreeBits, element.Ether)));
    }

    [Fact]
    public void AServiceThatIsOffIsNotOnTheBridgeAndHidesNobody()
    {
        List<Element> elements = Build(Camera(1,
            Plans.Consume(1) with { Active = false, Endpoints6 = [Plans.To6("fd00:1::30", 80), Plans.To6("2001:db8::5", 443)] },
            Plans.Consume(2) with { Endpoints6 = [Plans.To6("2001:db8::5", 400, 500), Plans.To6("fe80::1", 99)] }));
        Assert.Equal([99], In(elements, SetId.L2Consume6).Select(element => (int)element.PortLow));
        Assert.DoesNotContain(In(elements, SetId.C6), element => element.PortLow == 443); // it would be found before the range that is open
        Element range = Assert.Single(In(elements, SetId.C6Range));
        Assert.Equal((0x1002ul, 0x1000u, 400, 500), (range.Data, range.Mark, range.PortLow, range.PortHigh));
    }

    [Fact]
    public void PrefixesThatHoldOneAnotherAreOne()
    {
        PlannedNetwork lan = Lan with
        {
            Prefixes6 = [Plans.Prefix6("fe80::1/64"), Plans.Prefix6("fd00:1::1/64"), Plans.Prefix6("fd00:1::2/64"), Plans.Prefix6("fd00:1::3/32"), Plans.Prefix6("2001:db8:1::1/60")],
        };
        List<Element> elements = new LedgerBuilder(new InterfaceNames())
            .Build(Plans.Of() with { Networks = [lan] }, [new BridgePort("p1", "br-lan")], Plans.Now.MonotonicMs);
        foreach (SetId set in (SetId[])[SetId.Net6, SetId.L2Net6])
        {
            Assert.Equal(
                ["2001:db8:1::/60", "fd00:1::/32", "fe80::/64"],
                In(elements, set).Select(element => new Ipv6Prefix(new Ipv6Address(element.Address), 128 - element.FreeBits).ToString()).Order());
        }
    }
}
