using System.Collections.Generic;
using Dwirm.Daemon.Loop;
using Dwirm.Daemon.Observe;
using Dwirm.Enforcement.Tests;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Daemon.Tests.Observe;

/// <summary>The flows of a real kernel are read, a part each turn.</summary>
[Trait("Kind", "Kernel")]
public sealed class ConntrackDumpTests
{
    private const int Many = 3000;

    [Fact]
    public void EveryFlowIsReadOverSeveralTurns()
    {
        using var router = new Netns();
        router.Sh($"for i in $(seq {Many}); do "
            + "echo \"-I -s 192.168.1.20 -d 203.0.113.5 -p tcp --sport $i --dport 443 --state ESTABLISHED -u SEEN_REPLY -t 600\"; "
            + "done | conntrack --load-file - >/dev/null; "
            + "conntrack -I -s 2001:db8::20 -d 2001:db8::5 -p udp --sport 7 --dport 5000 -t 600 >/dev/null");
        (HashSet<int> ports, ConntrackEntry other, int turns, string? fault) = router.Run(Read);
        Assert.Null(fault);
        Assert.Equal(Many, ports.Count);
        Assert.Equal(("2001:db8::20", "2001:db8::5"), (other.Original.Source.ToString(), other.Reply.Source.ToString()));
        Assert.Equal((17, 5000, false), (other.Original.Protocol, other.Original.DestinationPort, other.IsAnswered));
        Assert.True(turns > 1, $"{turns} turns");
    }

    private static (HashSet<int> Ports, ConntrackEntry Other, int Turns, string? Fault) Read()
    {
        HashSet<int> ports = [];
        ConntrackEntry other = default;
        using var loop = new EventLoop(new SystemClock());
        using var dump = new ConntrackDump(loop, (in ConntrackEntry entry) =>
        {
            if (entry.Original.DestinationPort != 443) other = entry;
            else if (entry.IsAnswered && entry.Original.Source.AsIpv4 == new Ipv4Address(0xc0a80114)) ports.Add(entry.Original.SourcePort);
        });
        dump.Start();
        int turns = 0;
        // Everything is answered at once by the kernel, so a bounded number of turns is enough or the dump hangs.
        loop.Run(_ =>
        {
            if (!dump.IsRunning || ++turns == 10_000) loop.Stop();
        });
        return (ports, other, turns, dump.IsRunning ? "not finished" : dump.Fault);
    }
}
