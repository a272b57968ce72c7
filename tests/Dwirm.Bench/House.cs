using System.Globalization;
using System.Text;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Wire;

namespace Dwirm.Bench;

/// <summary>A house of many devices with four services each, as a plan and as the rules a plain script would write for it.</summary>
internal static class House
{
    /// <summary>Services of a device.</summary>
    public const int Services = 4;

    /// <summary>Where the measured packets go, by UDP.</summary>
    public const string Target = "203.0.113.7";

    /// <summary>The port they go to.</summary>
    public const ushort TargetPort = 123;

    /// <summary>The moment of every plan.</summary>
    public static readonly Instant Now = new(1_000_000, 1_700_000_000_000, true);

    private static readonly Ipv4Address Maker = Ip("203.0.113.5"), Mirror = Ip("203.0.113.6"), Clock = Ip(Target);

    /// <summary>The number of the device whose packets are measured: one in the middle, so that a chain is walked half.</summary>
    public static int Measured(int devices) => devices / 2;

    /// <summary>A device's hardware address.</summary>
    public static MacAddress Mac(int number) => new(0x020000000100UL + (uint)number);

    /// <summary>A device's address; all lie in 10.0.0.0/8.</summary>
    public static Ipv4Address Address(int number) => new(0x0a000100u + (uint)number);

    /// <summary>A whole plan.</summary>
    public static EnforcementPlan Plan(int devices, bool bridged)
    {
        var planned = new PlannedDevice[devices];
        for (int i = 0; i < devices; i++) planned[i] = Device(i);
        var network = new PlannedNetwork("lan", "br-lan", bridged, new Ipv4Prefix(Ip("10.0.0.1"), 8), NetworkPosture.Open);
        return new EnforcementPlan([network], [new PlannedUplink("wan", "wan", [Ip("198.51.100.2")])], planned);
    }

    /// <summary>One device: two services it offers, two it uses.</summary>
    public static PlannedDevice Device(int number, bool active = true) => new()
    {
        Mac = Mac(number),
        Device = "br-lan",
        Posture = DevicePosture.Managed,
        Addresses4 = [Address(number)],
        Generation = (uint)number + 1,
        Services =
        [
            Service(1, ServiceDirection.Provide, "Video Stream") with { Active = active, Ports = [Port(554)] },
            Service(2, ServiceDirection.Provide, "Management") with { Ports = [Port(80), Port(443)] },
            Service(3, ServiceDirection.Consume, "Firmware Update") with { Endpoints = [To(Maker, 443), To(Mirror, 443)] },
            Service(4, ServiceDirection.Consume, "Time") with { Endpoints = [To(Clock, TargetPort, Transports.Udp)] },
        ],
    };

    /// <summary>The same grants as a chain that is walked from its first rule to the one that matches, for every packet.</summary>
    public static string LinearRules(int devices)
    {
        var text = new StringBuilder("table inet linear {\n\tchain forward {\n\t\ttype filter hook forward priority filter - 10;\n");
        for (int i = 0; i < devices; i++)
        {
            string from = $"\t\tether saddr {Mac(i)} ip saddr {Address(i)} ip daddr", to = $"\t\tip daddr {Address(i)}";
            text.Append(CultureInfo.InvariantCulture, $"{to} tcp dport {{ 554, 80, 443 }} accept\n");
            text.Append(CultureInfo.InvariantCulture, $"{from} {Maker} tcp dport 443 accept\n");
            text.Append(CultureInfo.InvariantCulture, $"{from} {Mirror} tcp dport 443 accept\n");
            text.Append(CultureInfo.InvariantCulture, $"{from} {Clock} udp dport {TargetPort} accept\n");
        }
        return text.Append("\t\tdrop\n\t}\n}\n").ToString();
    }

    private static Ipv4Address Ip(string text) => Ipv4Address.TryParse(text, out Ipv4Address address) ? address : default;

    private static PlannedService Service(byte id, ServiceDirection direction, string category) =>
        new() { Id = id, Direction = direction, Category = category, Active = true };

    private static PlannedPort Port(ushort port) => new(Transports.Tcp, new PortRange(port, port));

    private static PlannedEndpoint To(Ipv4Address host, ushort port, Transports transport = Transports.Tcp) =>
        new(new Ipv4Prefix(host, 32), transport, new PortRange(port, port));
}
