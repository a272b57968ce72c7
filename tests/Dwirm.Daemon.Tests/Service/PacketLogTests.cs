using System.Globalization;
using System.Text;
using Dwirm.Daemon.Loop;
using Dwirm.Daemon.Service;
using Dwirm.Enforcement.Tests;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Daemon.Tests.Service;

/// <summary>What a rule of a real kernel logs reaches whoever listens to its group.</summary>
[Trait("Kind", "Kernel")]
public sealed class PacketLogTests
{
    private const long PatienceMs = 20_000;

    private const string Rules =
        """
        ip link set lo up
        nft -f - <<END
        table inet t {
          chain in {
            type filter hook input priority 0
            udp dport 4001 log prefix "viol " group 17 snaplen 96
            udp dport 4002 log prefix "dad " group 18 snaplen 128
          }
        }
        END
        """;

    [Fact]
    public void EachGroupGoesToItsListener()
    {
        using var router = new Netns();
        using var camera = new Netns();
        router.Sh(Rules);
        router.Sh($"ip link add near type veth peer name far netns {camera.Id}; ip addr add 192.0.2.1/24 dev near; ip link set near up");
        camera.Sh("ip link set far address 02:00:00:00:00:10; ip addr add 192.0.2.2/24 dev far; ip link set far up");
        int near = int.Parse(router.Sh("ip -o link show near | cut -d: -f1"), CultureInfo.InvariantCulture);

        using var loop = new EventLoop(new SystemClock());
        var seen = new Seen(loop, 2);
        using PacketLog log = router.Run(() => new PacketLog(loop, new Log()));
        log.Listen(PacketLog.ViolationGroup, seen);
        log.Listen(PacketLog.AddressGroup, seen);

        camera.Sh("for i in 1 2 3 4 5; do ping -qc1 -W1 192.0.2.1 >/dev/null && break; done; echo hello > /dev/udp/192.0.2.1/4001; echo there > /dev/udp/192.0.2.1/4002");
        Turn(loop);

        Assert.Null(log.Fault);
        Assert.Equal(2, log.Received);
        string from = $"|02:00:00:00:00:10|{near}|Ipv4|0800|";
        Assert.Equal($"17 viol {from}hello 18 dad {from}there ", seen.Text);
    }

    [Fact]
    public void AGroupThatSomebodyElseHasIsSaidAndNotFatal()
    {
        using var router = new Netns();
        using var loop = new EventLoop(new SystemClock());
        using PacketLog first = router.Run(() => new PacketLog(loop, new Log())), second = router.Run(() => new PacketLog(loop, new Log()));
        first.Listen(PacketLog.ViolationGroup, new Seen(loop, 1));
        second.Listen(PacketLog.ViolationGroup, new Seen(loop, 1));
        second.OnReady(default, default);
        first.OnReady(default, default);
        Assert.Null(first.Fault);
        Assert.Contains("log group 17: another program listens to it", second.Fault);
    }

    private static void Turn(EventLoop loop)
    {
        var patience = new Deadline(_ => loop.Stop());
        loop.Deadlines.Set(patience, new SystemClock().Now().MonotonicMs + PatienceMs);
        loop.Run(static _ => { });
        loop.Deadlines.Cancel(patience);
    }

    private sealed class Seen(EventLoop loop, int wanted) : IPacketLogHandler
    {
        private int _count;

        public string Text { get; private set; } = "";

        public void OnPacket(in LoggedPacket packet, Instant now)
        {
            string text = Encoding.ASCII.GetString(packet.Payload[28..]).TrimEnd('\n');
            Text += $"{packet.Group} {Encoding.ASCII.GetString(packet.Prefix)}|{packet.Mac}|{packet.In}|{packet.Family}|{packet.EtherType:x4}|{text} ";
            if (++_count >= wanted) loop.Stop();
        }
    }
}
