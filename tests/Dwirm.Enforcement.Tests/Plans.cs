using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Wire;

namespace Dwirm.Enforcement.Tests;

/// <summary>Plans to test with: the lab of the demo.</summary>
internal static class Plans
{
    public static readonly Instant Now = new(1_000_000, 1_700_000_000_000, true);

    public static Ipv4Address Ip(string text) => Ipv4Address.TryParse(text, out Ipv4Address address) ? address : throw new System.FormatException(text);

    public static Ipv4Prefix Prefix(string text) => Ipv4Prefix.TryParse(text, out Ipv4Prefix prefix) ? prefix : throw new System.FormatException(text);

    public static Ipv6Address Ip6(string text) => Ipv6Address.TryParse(text, out Ipv6Address address) ? address : throw new System.FormatException(text);

    public static Ipv6Prefix Prefix6(string text) => Ipv6Prefix.TryParse(text, out Ipv6Prefix prefix) ? prefix : throw new System.FormatException(text);

    public static MacAddress Mac(int last) => new(0x020000000000UL | (uint)last);

    public static PortRange Ports(int low, int high = 0) => new((ushort)low, (ushort)(high == 0 ? low : high));

    public static PlannedNetwork Lan(NetworkPosture posture = NetworkPosture.Quarantine) => new("lan", "br-lan", true, Prefix("192.168.1.1/24"), posture);

    public static PlannedUplink Wan() => new("wan", "wan", [Ip("198.51.100.2")]);

    public static EnforcementPlan Of(params PlannedDevice[] devices) => new([Lan()], [Wan()], devices);

    public static PlannedDevice Device(int last, params PlannedService[] services) => new()
    {
        Mac = Mac(last),
        Device = "br-lan",
        Posture = DevicePosture.Managed,
        Addresses4 = [new Ipv4Address(0xc0a80100u + (uint)last)],
        Generation = (uint)last,
        Slot = last,
        Services = services,
    };

    public static PlannedDevice Full(int last) => new() { Mac = Mac(last), Device = "br-lan", Posture = DevicePosture.FullAccess };

    public static PlannedService Provide(byte id, params PlannedPort[] ports) => new()
    {
        Id = id,
        Direction = ServiceDirection.Provide,
        Category = "Video Stream",
        Active = true,
        Ports = ports,
    };

    public static PlannedService Consume(byte id, params PlannedEndpoint[] endpoints) => new()
    {
        Id = id,
        Direction = ServiceDirection.Consume,
        Category = "Firmware Update",
        Active = true,
        Endpoints = endpoints,
    };

    public static PlannedPort Tcp(int low, int high = 0) => new(Transports.Tcp, Ports(low, high));

    public static PlannedPort Udp(int low, int high = 0) => new(Transports.Udp, Ports(low, high));

    public static PlannedEndpoint To(string prefix, int low, int high = 0, Transports transport = Transports.Tcp) =>
        new(Prefix(prefix), transport, Ports(low, high));

    public static PlannedEndpoint6 To6(string address, int low, int high = 0, Transports transport = Transports.Tcp) =>
        new(Ip6(address), transport, Ports(low, high));

    /// <summary>A camera with a bit of everything, a plug it may talk to, and a laptop with full access.</summary>
    public static EnforcementPlan Lab()
    {
        PlannedNetwork lan = Lan() with { Prefixes6 = [Prefix6("fd00:1::1/64"), Prefix6("2001:db8:1::1/64"), Prefix6("2001:db8:1::2/64"), Prefix6("2001:db8:1::3/80")] };
        PlannedDevice camera = Device(0x10,
            Provide(1, Tcp(554), Tcp(88, 99), Udp(10000, 20000)) with
            {
                RateBitsPerSecond = 2_000_000,
                Forwards = [new(Transports.Tcp, Ports(8554, 8556), Ports(554, 556)), new(Transports.Udp, Ports(30000, 30100), Ports(30000, 30100))],
            },
            Consume(2, To("203.0.113.5", 443), To("203.0.113.64/26", 1000, 2000)) with
            {
                RateBitsPerSecond = 15_000,
                ActiveUntilMs = Now.MonotonicMs + 60_000,
                Endpoints6 = [To6("2001:db8:ffff::1", 443), To6("2001:db8:ffff::2", 1000, 2000)],
            },
            Consume(3, To("0.0.0.0/0", 123, 0, Transports.Udp)),
            Consume(4, To("192.168.1.48", 80)) with { Endpoints6 = [To6("fd00:1::30", 80), To6("fe80::ff:fe00:30", 8000, 8100, Transports.Udp)] },
            Provide(5, Tcp(22)) with { Sources = [Prefix("192.168.1.32")], Sources6 = [Ip6("fd00:1::20"), Ip6("fd00:1::21")] }) with
        {
            Addresses6 = [Ip6("fd00:1::10"), Ip6("2001:db8:1::10")],
        };
        PlannedDevice plug = Device(0x30, Provide(1, Tcp(80)), Consume(2, To("203.0.113.6", 8883)) with { Active = false }) with { Addresses6 = [Ip6("fd00:1::30")] };
        return Of(camera, plug, Full(0x20)) with { Networks = [lan] };
    }
}
