using System;
using System.Linq;

namespace Dwirm.Enforcement.Tests;

/// <summary>What the kernel says it has is what it has, and asking leaves nothing behind.</summary>
[Trait("Kind", "Kernel")]
public sealed class ProbeTests
{
    [Fact]
    public void WhatIsAskedForIsFoundAndNothingStays()
    {
        using var netns = new Netns();
        using KernelProbe probe = netns.Run(KernelProbe.Open);
        foreach (KernelFeature feature in Enum.GetValues<KernelFeature>())
        {
            if (feature == KernelFeature.FairQueue) continue;
            Assert.True(probe.Try(feature) is null, $"{feature}: {probe.Try(feature)}"); // the tests of enforcement use every one of them
        }
        Assert.Equal("", netns.Sh("nft list ruleset"));
        Assert.DoesNotContain("htb", netns.Sh("tc qdisc show"), StringComparison.Ordinal);
        Assert.Empty(probe.Flowtables());
    }

    [Fact]
    public void AFairQueueIsFoundExactlyWhereTcCanMakeOne()
    {
        using var netns = new Netns();
        using KernelProbe probe = netns.Run(KernelProbe.Open);
        NetlinkError? said = probe.Try(KernelFeature.FairQueue);
        bool made = netns.Sh("tc qdisc replace dev lo root handle 7: fq_codel 2>/dev/null && echo yes || echo no").Trim() == "yes";
        Assert.Equal(made, said is null);
        if (!made) Assert.Equal(NetlinkError.NotFound, said!.Errno);
    }

    [Fact]
    public void RootsThatSomebodyChoseAreTold()
    {
        using var netns = new Netns();
        netns.Sh("ip link add d0 type bridge; ip link add d1 type bridge; ip link add d2 type bridge; ip link set d0 up; ip link set d1 up; ip link set d2 up; "
            + "tc qdisc add dev d1 root handle 8001: pfifo; tc qdisc add dev d2 root handle 1: htb");
        using KernelProbe probe = netns.Run(KernelProbe.Open);
        var roots = probe.Roots();
        string[] chosen = [.. probe.Interfaces().Interfaces.Where(info => roots.TryGetValue(info.Index, out var root) && root.Chosen).Select(info => info.Name)];
        Assert.Equal(["d1"], chosen);
    }
}
