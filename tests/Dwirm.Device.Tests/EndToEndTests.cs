using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Text;
using System.Threading;
using Dwirm.Linux;
using Dwirm.Linux.Tests;

namespace Dwirm.Device.Tests;

/// <summary>The whole device, sockets and kernel included, against a scripted router on the other end of a veth pair. Needs root.</summary>
public class EndToEndTests
{
    private const byte Discover = 1, Request = 3, DwirmClient = 240;

    // Longer than two MTUs: the device has no address, so the kernel would not reassemble this for it.
    private static string LongAnswer => FakeWorld.Amended.Replace("\"Cam\"", "\"" + new string('d', 400) + "\",\"Notes\":[" +
        string.Join(',', Enumerable.Repeat("\"" + new string('n', 500) + "\"", 5)) + "]", StringComparison.Ordinal);

    [Fact]
    [Trait("Kind", "Kernel")]
    public void AnAnswerInFragmentsAndALeaseThatIsApplied()
    {
        using var veth = new VethPair(nearAddress: null, farAddress: "192.168.1.1/24");
        using DhcpSocket socket = veth.Far(() => DhcpSocket.Open(VethPair.FarDevice, 67));
        using PacketSender sender = veth.Far(() => PacketSender.Open(VethPair.FarDevice));
        using var router = new RouterScript(socket, sender) { Answers = { [DwirmClient] = LongAnswer } };
        var lines = new ConcurrentQueue<string>();
        int exit = -1;
        Thread device = Run(veth, lines, code => exit = code, NegotiationMode.Client);
        router.ServeUntil(DwirmClient);
        router.ServeUntil(Request);
        device.Join();

        Assert.Equal(0, exit);
        Assert.Equal([DwirmClient, Discover, Request], router.Heard.Select(m => m.Type));
        Assert.Equal(FakeWorld.Profile, Encoding.UTF8.GetString(router.Heard[0].Option(224)!));
        Assert.Contains(lines, l => l.StartsWith("{\"event\":\"answer\",\"solicited\":true", StringComparison.Ordinal) && l.Contains(LongAnswer, StringComparison.Ordinal));
        Assert.Contains(lines, l => l.StartsWith("{\"event\":\"bound\",\"ip\":\"192.168.1.101\"", StringComparison.Ordinal));

        string address = veth.IpNear("-j", "addr", "show", "dev", VethPair.NearDevice);
        Assert.Contains("\"local\":\"192.168.1.101\",\"prefixlen\":24,\"broadcast\":\"192.168.1.255\"", address, StringComparison.Ordinal);
        Assert.Matches("\"valid_life_time\":3(600|59[0-9])", address);
        string route = veth.IpNear("-j", "route", "show", "default");
        Assert.Contains("\"gateway\":\"192.168.1.1\",\"dev\":\"near\",\"protocol\":\"dhcp\"", route, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Kind", "Kernel")]
    [Trait("Requirement", "DWIRM-25")]
    public void TheProfileInsideDiscover()
    {
        using var veth = new VethPair(nearAddress: null, farAddress: "192.168.1.1/24");
        using DhcpSocket socket = veth.Far(() => DhcpSocket.Open(VethPair.FarDevice, 67));
        using PacketSender sender = veth.Far(() => PacketSender.Open(VethPair.FarDevice));
        using var router = new RouterScript(socket, sender) { Answers = { [Request] = FakeWorld.Denied } };
        var lines = new ConcurrentQueue<string>();
        int exit = -1;
        Thread device = Run(veth, lines, code => exit = code, NegotiationMode.Discover);
        router.ServeUntil(Request);
        device.Join();
        Assert.Equal(1, exit);
        Assert.Equal([Discover, Request], router.Heard.Select(m => m.Type));
        Assert.Contains(lines, l => l.Contains("\"message\":\"DHCPACK\",\"profile\":" + FakeWorld.Denied, StringComparison.Ordinal));
    }

    private static Thread Run(VethPair veth, ConcurrentQueue<string> lines, Action<int> ended, NegotiationMode mode)
    {
        DeviceLoop? loop = null;
        var mac = new byte[6];
        veth.Near(() =>
        {
            loop = new DeviceLoop(VethPair.NearDevice, apply: true, Clock.BootTimeMs);
            NetworkDevice.MacOf(VethPair.NearDevice, mac);
        });
        var identity = new ClientIdentity { Mac = Wire.MacAddress.Read(mac), ClientId = [1, .. mac], Profile = Encoding.UTF8.GetBytes(FakeWorld.Profile), Mode = mode };
        var report = new JsonReport(line => lines.Enqueue(Encoding.UTF8.GetString(line)));
        var thread = new Thread(() =>
        {
            using (loop!) ended(loop!.Run(new DeviceClient(
                identity, new ClientTerms(Hold: false, TimeoutMs: 20_000, Release: true), new ClientAuthentication(null, Clock.RealTimeMs, static _ => { }), loop, report, RandomBytes.NextUInt32)));
        });
        thread.Start();
        return thread;
    }
}
