using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using System.Threading;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Tests;

/// <summary>The house again, by IPv6.</summary>
[Trait("Kind", "Kernel")]
[Trait("Requirement", "DWIRM-27")]
public sealed class Traffic6Tests
{
    private const string Cloud = "2001:db8:ffff::5", Camera = "fd00:1::10", Laptop = "fd00:1::20", Plug = "fd00:1::30", RouterInside = "fd00:1::1";

    private static readonly PlannedService Video = Plans.Provide(1, Plans.Tcp(554)) with
    {
        Forwards = [new PlannedForward(Transports.Tcp, Plans.Ports(8554), Plans.Ports(554))],
    };

    private static readonly PlannedService Update = Plans.Consume(2) with { Endpoints6 = [Plans.To6(Cloud, 443)] };

    private static PlannedDevice Device(int last, params PlannedService[] services) =>
        Plans.Device(last, services) with { Addresses6 = [Plans.Ip6($"fd00:1::{last:x}")] };

    private static EnforcementPlan Plan(NetworkPosture posture, params PlannedDevice[] devices) =>
        Plans.Of(devices) with { Networks = [Plans.Lan(posture) with { Prefixes6 = [Plans.Prefix6("fd00:1::1/64")] }] };

    private static EnforcementPlan Everything(NetworkPosture posture) => Plan(posture,
        Device(0x10, Video, Update, Plans.Consume(3) with { Endpoints6 = [Plans.To6(Plug, 80)] }),
        Plans.Full(0x20),
        Device(0x30, Plans.Provide(1, Plans.Tcp(80))));

    [Fact]
    public void WhatIsGrantedPassesAndNothingElse()
    {
        using var house = new House(ipv6: true);
        house.Apply(Everything(NetworkPosture.Quarantine));
        house.ServeEverywhere();

        house.Expect("camera", Cloud, 443, true);
        house.Expect("camera", Cloud, 80, false);
        house.Expect("camera", Laptop, 80, false);
        house.Expect("camera", "fe80::ff:fe00:20%eth0", 80, false);
        house.Expect("camera", Plug, 80, true);
        house.Expect("camera", Plug, 443, false);
        house.Expect("camera", RouterInside, 80, false);
        house.Expect("camera", RouterInside, 53, true);
        house.Expect("plug", Camera, 554, false); // nobody granted the plug to ask
        house.Expect("plug", Cloud, 443, false);
        house.Expect("laptop", Camera, 554, true);
        house.Expect("laptop", "fe80::ff:fe00:10%eth0", 554, true);
        house.Expect("laptop", Camera, 80, false);
        house.Expect("laptop", Cloud, 80, true);
        house.Expect("isp", Camera, 554, true); // the pinhole is to the inside port
        house.Expect("isp", Camera, 8554, false);
        house.Expect("isp", Camera, 80, false);
        house.Expect("isp", Plug, 80, false);
        house.Expect("stranger", Cloud, 443, false);
        house.Expect("stranger", Laptop, 80, false);
        house.Expect("stranger", Camera, 554, true);
        house.Expect("stranger", RouterInside, 53, true);
        house.Expect("stranger", RouterInside, 80, false);
        var refused = new List<string>();
        Assert.True(house.Router.Run(() => house.Enforcer.ReadRefused((mac, destination, protocol, port, packets) =>
        {
            if (packets > 0) refused.Add($"{mac} {destination} {protocol} {port}");
        })));
        Assert.Contains($"02:00:00:00:00:10 {Cloud} 6 80", refused);
    }

    [Fact]
    public void SourcesThatAreNamedAreTheOnlyOnes()
    {
        using var house = new House(ipv6: true);
        house.ServeEverywhere();
        PlannedService video = Video with { Sources6 = [Plans.Ip6(Laptop), Plans.Ip6("2001:db8::1")] };
        house.Apply(Plan(NetworkPosture.Open, Device(0x10, video), Plans.Full(0x20)));
        house.Expect("laptop", Camera, 554, true);
        house.Expect("isp", Camera, 554, true);
        house.Expect("stranger", Camera, 554, false);
        house.Expect("laptop", "192.168.1.16", 554, false); // IPv6 sources are no IPv4 sources
        house.Apply(Plan(NetworkPosture.Open, Device(0x10, Video with { Sources = [Plans.Prefix("192.168.1.32")] }), Plans.Full(0x20)));
        house.Expect("laptop", "192.168.1.16", 554, true);
        house.Expect("laptop", Camera, 554, false);
    }

    [Fact]
    public void NobodyBorrowsAnAddress()
    {
        using var house = new House(ipv6: true);
        house.ServeEverywhere();
        house.Apply(Plan(NetworkPosture.Open, Device(0x10, Video, Update), Plans.Full(0x20)));
        house.Expect("camera", Cloud, 443, true);
        house["camera"].Sh("ip address add fd00:1::99/64 dev eth0; ip route replace default via fd00:1::1 src fd00:1::99");
        house.Expect("camera", Cloud, 443, false);
        house["camera"].Sh("ip address del fd00:1::99/64 dev eth0; ip route replace default via fd00:1::1");
        house["laptop"].Sh($"ip address add {Camera}/64 dev eth0 nodad; ip route replace default via fd00:1::1 src {Camera}");
        house.Expect("laptop", Cloud, 443, false);
        house.Expect("camera", Cloud, 443, true);
    }

    [Fact]
    public void LiesAboutNeighboursAndRoutersStayWhereTheyAreTold()
    {
        using var house = new House(ipv6: true);
        house.ServeEverywhere();
        house.Apply(Plan(NetworkPosture.Open, Device(0x10, Video, Update), Plans.Full(0x20)));
        house.Expect("camera", Cloud, 443, true); // the router knows the camera
        house.Expect("laptop", Camera, 554, true);
        // The laptop says that the camera's address is its own; the camera that the laptop's and the router's are.
        Lie(house, "laptop", Advertisement(Camera, 0x20));
        Lie(house, "camera", Advertisement(Laptop, 0x10), Advertisement(RouterInside, 0x10));
        Assert.Contains("02:00:00:00:00:10", house.Router.Sh($"ip neighbour show {Camera}"));
        Assert.DoesNotContain("02:00:00:00:00:10", house["stranger"].Sh($"ping -c1 -W1 {Laptop} >/dev/null; ip neighbour show {Laptop}"));
        Assert.DoesNotContain("02:00:00:00:00:10", house["laptop"].Sh($"ip neighbour show {RouterInside}"));
        // What is true may be said.
        long before = Spoofed(house);
        Lie(house, "camera", Advertisement(Camera, 0x10));
        Assert.Equal(before, Spoofed(house));
        // Router advertisement, redirect, and the question for listeners that only a multicast router has: nobody hears them.
        Lie(house, "camera", "bytes([134]) + bytes(15)", "bytes([137]) + bytes(39)", "bytes([130]) + bytes(23)");
        Assert.Equal(before + 3, Spoofed(house));
    }

    [Theory]
    [InlineData("camera", Cloud, 443)]
    [InlineData("isp", Camera, 554)]
    [InlineData("laptop", Camera, 554)]
    [Trait("Requirement", "DWIRM-13")]
    public void ARunningFlowIsCutByRevocationAndSurvivesARestart(string from, string to, int port)
    {
        using var house = new House(ipv6: true);
        house.ServeEverywhere();
        EnforcementPlan granted = Plan(NetworkPosture.Quarantine, Device(0x10, Video, Update), Plans.Full(0x20));
        house.Apply(granted);
        using Running flow = house[from].Start($"socat -u TCP6:[{to}]:{port} OPEN:{house.Directory}/flow,creat,append");
        Assert.True(house.FlowGrows());
        house.Restart();
        var known = new List<string>();
        house.Router.Run(() => house.Enforcer.ReadAddresses((mac, address) => known.Add($"{mac} {address}")));
        Assert.Equal(["02:00:00:00:00:10 fd00:1::10", "02:00:00:00:00:10 fe80::ff:fe00:10"], known.Order());
        house.Apply(granted);
        Assert.True(house.FlowGrows());
        // Another address comes and goes: nothing of the flow is touched.
        house.Apply(Plan(NetworkPosture.Quarantine, Device(0x10, Video, Update) with { Addresses6 = [Plans.Ip6(Camera), Plans.Ip6("fd00:1::11")] }, Plans.Full(0x20)));
        Assert.True(house.FlowGrows());
        house.Apply(Plan(NetworkPosture.Quarantine, Device(0x10, Video with { Active = false }, Update with { Active = false }), Plans.Full(0x20)));
        Assert.Empty(house.Log);
        Assert.False(house.FlowGrows());
        house.Expect(from, to, port, false);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AnAddressThatIsNotKnownIsShownAndClosed(bool bridge)
    {
        using var house = new House(ipv6: true);
        string device = "br-lan", table = "bridge";
        if (!bridge)
        {
            (device, table) = ("p-camera", "inet");
            house.Router.Sh("ip address flush dev br-lan; ip link set p-camera nomaster; ip address add fd00:1::1/64 dev p-camera nodad");
        }
        PlannedNetwork network = Plans.Lan(NetworkPosture.Open) with { Device = device, IsBridge = bridge, Prefixes6 = [Plans.Prefix6("fd00:1::1/64")] };
        PlannedDevice camera = Plans.Device(0x10) with { Device = device };
        house.Apply(Plans.Of(camera) with { Networks = [network] });
        house.ServeEverywhere();
        house.Expect("camera", RouterInside, 53, false);
        Assert.Contains("02:00:00:00:00:10", house.Router.Sh($"nft list set {table} dwirm learn"));
        house.Apply(Plans.Of(camera with { Addresses6 = [Plans.Ip6(Camera)] }) with { Networks = [network] });
        house.Expect("camera", RouterInside, 53, true);
    }

    [Fact]
    public void ErrorsAboutGrantedFlowsReachTheDevice()
    {
        using var house = new House(ipv6: true);
        const string tunnel = "2001:db8:ffff::7", closed = "2001:db8:ffff::8";
        house["isp"].Sh("sysctl -qw net.ipv6.conf.all.forwarding=1; ip link add t0 mtu 1280 type veth peer name t1 mtu 1280; ip link set t0 up; ip link set t1 up; "
            + $"ip route add {tunnel}/128 dev t0; ip route add prohibit {closed}/128");
        house.Apply(Plan(NetworkPosture.Quarantine, Device(0x10, Plans.Consume(1) with
        {
            Endpoints6 = [Plans.To6(tunnel, 7000, transport: Transports.Udp), Plans.To6(closed, 7000, transport: Transports.Udp)],
        })));
        // Packet too big: without it the device would go on sending what never arrives.
        house["camera"].Sh($"head -c 1400 /dev/zero | socat -u - UDP6-SENDTO:[{tunnel}]:7000,mtudiscover=2; sleep 0.5");
        Assert.Contains("mtu 1280", house["camera"].Sh($"ip route get {tunnel}"));
        Assert.Contains("Permission denied", house["camera"].Sh($"echo x | timeout 2 socat - UDP6:[{closed}]:7000 2>&1 || true"));
    }

    [Fact]
    public void UsageIsCountedPerServiceAndPath()
    {
        using var house = new House(ipv6: true);
        house.ServeEverywhere();
        house.Apply(Plan(NetworkPosture.Quarantine, Device(0x10, Video, Update), Plans.Full(0x20)));
        house.Expect("camera", Cloud, 443, true);
        house.Expect("laptop", Camera, 554, true);
        var usage = new Dictionary<uint, ServiceUsage>();
        Assert.True(house.Router.Run(() => house.Enforcer.ReadUsage(usage)));
        Assert.True(usage[0x1002].OriginalPackets > 1 && usage[0x1002].ReplyPackets > 1 && usage[0x1002].OriginalBytes > 80);
        Assert.True(usage[0x1001].LocalPackets > 1 && usage[0x1001].LocalBytes > 80);
    }

    [Fact]
    public void TheNeighbourTableTellsWhoAnswers()
    {
        using var house = new House(ipv6: true);
        using NeighbourTable table = house.Router.Run(static () => new NeighbourTable());
        int device = int.Parse(house.Router.Sh("ip -o link show br-lan | cut -d: -f1"), CultureInfo.InvariantCulture);
        table.Solicit(device, Plans.Ip6(Laptop));
        table.Solicit(device, Plans.Ip6("fd00:1::77"));
        var found = new List<string>();
        for (int i = 0; i < 50 && found.Count == 0; i++)
        {
            Thread.Sleep(100);
            Assert.True(table.Read((in Neighbour neighbour) =>
            {
                if (neighbour.Device == device && !neighbour.Address.IsLinkLocal) found.Add($"{neighbour.Address} {neighbour.Mac}");
            }));
        }
        Assert.Equal([$"{Laptop} 02:00:00:00:00:20"], found);
    }

    [Fact]
    public void TheProvidersRouterIsNotTakenForADeviceWithItsLinkLocalAddress()
    {
        using var house = new House(ipv6: true);
        house["isp"].Sh("ip -6 address flush dev eth0 scope link; ip address add fe80::1/64 dev eth0 nodad");
        house.Router.Sh("ip -6 address flush dev wan scope link; ip address add fe80::2/64 dev wan nodad");
        house.ServeEverywhere();
        house.Apply(Plan(NetworkPosture.Open, Device(0x10) with { Addresses6 = [Plans.Ip6(Camera), Plans.Ip6("fe80::1")] }));
        house.Expect("isp", "fe80::2%eth0", 80, true);
        house.Expect("camera", RouterInside, 80, false);
    }

    [Fact]
    public void WhatSaysThatItIsDiscoveryDoesNotLeaveAQuarantine()
    {
        using var house = new House(ipv6: true);
        Count(house["isp"], "input", $"icmpv6 type nd-neighbor-solicit ip6 daddr {Cloud}");
        house.Apply(Plan(NetworkPosture.Quarantine, Plans.Full(0x20)));
        Say(house, "stranger", Cloud, Solicitation(Cloud));
        Assert.Equal(0, Counted(house["isp"]));
        Say(house, "laptop", Cloud, Solicitation(Cloud));
        Assert.Equal(1, Counted(house["isp"]));
        house.ServeEverywhere();
        house.Expect("stranger", RouterInside, 53, true);
    }

    [Fact]
    public void FromOutsideNobodySpeaksAsADevice()
    {
        using var house = new House(ipv6: true);
        house.Apply(Plan(NetworkPosture.Open, Device(0x10, Plans.Consume(1) with { Endpoints6 = [Plans.To6(Laptop, 7000, transport: Transports.Udp)] })));
        Count(house.Router, "forward", $"meta mark & 0x10000000 != 0 ip6 saddr {Camera}");
        house["isp"].Sh($"ip address add {Camera}/128 dev lo; echo x | socat -u - UDP6-SENDTO:[{Laptop}]:7000,bind=[{Camera}]; sleep 0.3");
        Assert.Equal(0, Counted(house.Router));
    }

    [Fact]
    public void AFrameToEveryPortIsNoWayAroundAGrant()
    {
        using var house = new House(ipv6: true);
        house.Apply(Plan(NetworkPosture.Open, Device(0x10, Plans.Provide(1, Plans.Tcp(554))), Device(0x30, Plans.Consume(1) with { Endpoints6 = [Plans.To6(Camera, 7000)] })));
        foreach (string to in (string[])["camera", "stranger"]) Count(house[to], "input", "udp dport 7000");
        Shout(house, "laptop", "ff:ff:ff:ff:ff:ff", "192.168.1.32", "192.168.1.64");
        Shout(house, "laptop", "33:33:00:00:00:01", Laptop, "fd00:1::40");
        Assert.Equal(2, Counted(house["stranger"]));
        Shout(house, "laptop", "ff:ff:ff:ff:ff:ff", "192.168.1.32", "192.168.1.16");
        Shout(house, "laptop", "01:00:5e:00:00:01", "192.168.1.32", "192.168.1.16");
        Shout(house, "laptop", "33:33:00:00:00:01", Laptop, Camera);
        Shout(house, "plug", "33:33:00:00:00:01", Plug, Camera);
        Assert.Equal(0, Counted(house["camera"]));
    }

    private static string Advertisement(string target, int mac) =>
        $"bytes([136, 0, 0, 0, 0x20, 0, 0, 0]) + socket.inet_pton(socket.AF_INET6, '{target}') + bytes([2, 1, 2, 0, 0, 0, 0, 0x{mac:x2}])";

    private static void Lie(House house, string from, params string[] messages)
    {
        house[from].Sh("python3 -", $"""
            import socket
            s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
            s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
            for message in [{string.Join(", ", messages)}]:
                s.sendto(message, ('ff02::1', 0, 0, socket.if_nametoindex('eth0')))
            """);
        Thread.Sleep(200);
    }

    private static string Solicitation(string target) => $"bytes([135]) + bytes(7) + socket.inet_pton(socket.AF_INET6, '{target}')";

    private static void Say(House house, string from, string to, string message) => house[from].Sh("python3 -; sleep 0.3", $"""
        import socket
        s = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
        s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 255)
        s.sendto({message}, ('{to}', 0))
        """);

    // A datagram to port 7000 in a frame to a MAC that is not its receiver's. No checksum of IPv6 needs to be right before input.
    private static void Shout(House house, string from, string mac, string source, string to) => house[from].Sh("python3 -; sleep 0.3", $"""
        import socket, struct
        v6 = ':' in '{to}'
        a, b = (socket.inet_pton(socket.AF_INET6 if v6 else socket.AF_INET, x) for x in ('{source}', '{to}'))
        udp = struct.pack('>HHHH', 7000, 7000, 9, 0) + b'x'
        if v6: packet = struct.pack('>IHBB', 0x60000000, len(udp), 17, 64) + a + b + udp
        else:
            head = struct.pack('>BBHHHBBH', 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0) + a + b
            total = sum(struct.unpack('>10H', head))
            total = (total & 0xffff) + (total >> 16)
            packet = head[:10] + struct.pack('>H', 0xffff & ~((total & 0xffff) + (total >> 16))) + head[12:] + udp
        s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        s.bind(('eth0', 0))
        own = open('/sys/class/net/eth0/address').read().strip()
        s.send(bytes.fromhex('{mac}'.replace(':', '')) + bytes.fromhex(own.replace(':', '')) + (b'\x86\xdd' if v6 else b'\x08\x00') + packet)
        """);

    private static void Count(Netns space, string hook, string what) =>
        space.Sh($"nft 'add table inet seen; add chain inet seen those {{ type filter hook {hook} priority 0; }}; add rule inet seen those {what} counter'");

    private static long Counted(Netns space) =>
        long.Parse(Regex.Match(space.Sh("nft list table inet seen"), "packets ([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);

    private static long Spoofed(House house) =>
        long.Parse(Regex.Match(house.Router.Sh("nft list counter bridge dwirm spoofed"), "packets ([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);
}
