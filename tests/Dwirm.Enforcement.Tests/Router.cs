using System;
using System.Collections.Generic;
using Dwirm.Policy.Plans;
using Dwirm.Wire;

namespace Dwirm.Enforcement.Tests;

/// <summary>A router's namespace with a bridge and an uplink, and an enforcer inside.</summary>
internal sealed class Router : IDisposable
{
    private const string Topology =
        "ip link add br-lan type bridge; ip link add p1 type veth peer name p2; ip link set p1 master br-lan; " +
        "ip link add wan type veth peer name isp; for i in br-lan p1 wan isp; do ip link set $i up; done";

    public Router()
    {
        Space.Sh(Topology);
        Enforcer = Space.Run(() => KernelEnforcer.Open(Log.Add));
    }

    public Netns Space { get; } = new();

    public KernelEnforcer Enforcer { get; private set; }

    public List<string> Log { get; } = [];

    public NetlinkError? TryApply(EnforcementPlan plan, Instant? now = null) => Space.Run(() => Enforcer.Apply(plan, now ?? Plans.Now));

    public void Apply(EnforcementPlan plan, Instant? now = null) => Assert.Null(TryApply(plan, now));

    public void Apply(PlanChange change) => Assert.Null(Space.Run(() => Enforcer.Apply(change, Plans.Now)));

    public InterfaceTable Interfaces() => Space.Run(() =>
    {
        using var route = Dwirm.Linux.NetlinkSocket.Open(Dwirm.Linux.NetlinkProtocol.NETLINK_ROUTE);
        return InterfaceTable.Read(route);
    });

    /// <summary>Another process takes over.</summary>
    public void Restart()
    {
        Enforcer.Dispose();
        Enforcer = Space.Run(() => KernelEnforcer.Open(Log.Add));
    }

    public string Json() => Space.Sh("nft -j list ruleset");

    public SortedSet<string> Elements() => RulesetJson.Elements(Json());

    /// <summary>What the change took away and brought, as "- family set element" and "+ …".</summary>
    public string[] Change(Action change)
    {
        SortedSet<string> before = Elements();
        change();
        SortedSet<string> after = Elements();
        var lines = new List<string>();
        foreach (string gone in before)
        {
            if (!after.Contains(gone)) lines.Add("- " + gone);
        }
        foreach (string come in after)
        {
            if (!before.Contains(come)) lines.Add("+ " + come);
        }
        return [.. lines];
    }

    public void Dispose()
    {
        Enforcer.Dispose();
        Space.Dispose();
    }
}
