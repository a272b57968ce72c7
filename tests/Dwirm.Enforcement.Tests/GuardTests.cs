using System;
using System.Collections.Generic;
using System.Linq;
using Dwirm.Linux;
using Dwirm.Policy.Plans;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Tests;

/// <summary>What the kernel tells of changes in our tables, who made them, and what is read back of what it refused.</summary>
[Trait("Kind", "Kernel")]
public sealed class GuardTests
{
    private const uint NftablesGroup = 1 << 6;
    private static readonly Instant Start = new(1_000_000, 1_800_000_000_000, true);

    [Fact]
    public void EventsTellOurOwnChangesFromThoseOfOthers()
    {
        using var netns = new Netns();
        using KernelEnforcer enforcer = netns.Run(() => KernelEnforcer.Open(static _ => { }));
        using NetlinkSocket watch = netns.Run(() => NetlinkSocket.Open(Dwirm.Linux.NetlinkProtocol.NETLINK_NETFILTER, NftablesGroup));
        Assert.Null(enforcer.Apply(Plans.Of(Plans.Device(0x10)), Start));
        List<string> ours = Read(watch, enforcer);
        Assert.Contains("ours dwirm NewRule", ours);
        Assert.DoesNotContain(ours, line => line.StartsWith("other", StringComparison.Ordinal));

        netns.Sh("nft add element inet dwirm base '{ tcp . 23 }'");
        List<string> theirs = Read(watch, enforcer);
        Assert.Contains("other dwirm NewElement", theirs);
        Assert.Contains("other by nft", theirs);
        Assert.True(enforcer.IsIntact()); // neither the table's handle nor its use tells
        Assert.True(enforcer.OthersChanged());
        Assert.False(enforcer.OthersChanged());

        enforcer.DistrustTables();
        Assert.Null(enforcer.Apply(Plans.Of(Plans.Device(0x10)), Start));
        Assert.DoesNotContain("tcp . 23", netns.Sh("nft list set inet dwirm base"), StringComparison.Ordinal);
        Assert.DoesNotContain(Read(watch, enforcer), line => line.StartsWith("other", StringComparison.Ordinal));
    }

    [Fact]
    public void TotalsAndFlowtablesAreRead()
    {
        using var netns = new Netns();
        using KernelEnforcer enforcer = netns.Run(() => KernelEnforcer.Open(static _ => { }));
        Assert.Null(enforcer.Apply(Plans.Of(Plans.Device(0x10)), Start));
        var names = new List<string>();
        enforcer.ReadTotals((name, count) => names.Add($"{name} {count}"));
        Assert.Contains("violations 0", names);
        Assert.Contains("spoofed 0", names);
        Assert.Contains("cut_off 0", names);
        Assert.True(enforcer.ReadRefused((_, _, _, _, _) => Assert.Fail("nobody tried anything")));
        Assert.True(enforcer.ReadFlowtables(_ => Assert.Fail("there is none")));
    }

    [Fact]
    public void ClassesThatOthersDeletedAreBack()
    {
        using var netns = new Netns();
        netns.Sh("ip link add br-lan type bridge; ip link set br-lan up; ip addr add 192.168.1.1/24 dev br-lan");
        using KernelEnforcer enforcer = netns.Run(() => KernelEnforcer.Open(static _ => { }));
        EnforcementPlan plan = Plans.Of(Plans.Device(0x10, Plans.Provide(1, Plans.Tcp(554)) with { RateBitsPerSecond = 2_000_000 }));
        Assert.Null(enforcer.Apply(plan, Start));
        string[] before = Classes(netns);
        Assert.NotEmpty(before);
        netns.Sh("tc qdisc del dev br-lan root");
        Assert.Empty(Classes(netns));
        enforcer.DistrustShaping();
        Assert.Null(enforcer.Apply(plan, Start));
        Assert.Equal(before, Classes(netns));
    }

    private static string[] Classes(Netns netns) =>
        [.. netns.Sh("tc class show dev br-lan").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(" leaf")[0]).Order()];

    private static List<string> Read(NetlinkSocket watch, KernelEnforcer enforcer)
    {
        var lines = new List<string>();
        byte[] buffer = new byte[32 * 1024];
        for (int length; (length = watch.TryReceive(buffer)) > 0;)
        {
            var reader = new NetlinkReader(buffer.AsSpan(0, length));
            while (reader.Next(out NetlinkMessage message))
            {
                if (!NftEvents.TryRead(message, out NftEvent change)) continue;
                string who = enforcer.IsOurs(message.PortId) ? "ours" : "other";
                lines.Add(change.Kind == NftMessage.NewGeneration
                    ? $"{who} by {System.Text.Encoding.ASCII.GetString(change.Process)}"
                    : $"{who} {System.Text.Encoding.ASCII.GetString(change.Table)} {change.Kind}");
            }
        }
        return lines;
    }
}
