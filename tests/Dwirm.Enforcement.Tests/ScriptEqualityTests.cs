using Dwirm.Enforcement.Ledger;
using Dwirm.Policy.Plans;

namespace Dwirm.Enforcement.Tests;

/// <summary>nft is the oracle: what we load by netlink and what nft loads from our script has to list alike.</summary>
public sealed class ScriptEqualityTests
{
    [Fact]
    [Trait("Kind", "Kernel")]
    [Trait("Requirement", "DWIRM-27")]
    public void NetlinkAndScriptGiveTheSameRuleset()
    {
        using var router = new Router();
        router.Apply(Plans.Lab());
        using var other = new Netns();
        other.Sh("nft -f /dev/stdin", NftScript.Render(Plans.Lab(), Plans.Now, [new BridgePort("p1", "br-lan")]));
        Assert.Equal(RulesetJson.Normalise(other.Sh("nft -j list ruleset")), RulesetJson.Normalise(router.Json()));
        Assert.Empty(router.Log);
    }

    [Fact]
    [Trait("Kind", "Kernel")]
    public void EveryPostureAndSeveralNetworksRenderAlike()
    {
        var plan = new EnforcementPlan(
            [
                Plans.Lan(NetworkPosture.Open) with { HasForwarder = true },
                new PlannedNetwork("iot", "br-iot", true, Plans.Prefix("10.1.0.1/16"), NetworkPosture.Isolate) { HasForwarder = true, ForeignDns = ForeignDns.Allow },
                new PlannedNetwork("guest", "guest0", false, Plans.Prefix("10.2.0.1/24"), NetworkPosture.Quarantine),
            ],
            [Plans.Wan(), new PlannedUplink("lte", "wwan0", [])],
            [Plans.Device(0x10, Plans.Consume(1, Plans.To("0.0.0.0/0", 443))), Plans.Device(0x11) with { Device = "guest0" }, Plans.Full(0x20)]);
        using var router = new Router();
        router.Space.Sh("ip link add br-iot type bridge; ip link add p3 type veth peer name p4; ip link set p3 master br-iot");
        router.Apply(plan);
        using var other = new Netns();
        other.Sh("nft -f /dev/stdin", NftScript.Render(plan, Plans.Now, [new BridgePort("p1", "br-lan"), new BridgePort("p3", "br-iot")]));
        Assert.Equal(RulesetJson.Normalise(other.Sh("nft -j list ruleset")), RulesetJson.Normalise(router.Json()));
    }

    [Fact]
    public void AnInterfaceNameCannotLeaveItsQuotes()
    {
        EnforcementPlan plan = Plans.Of() with { Networks = [Plans.Lan() with { Device = "x\"; flush" }, Plans.Lan() with { Device = "a\nb" }] };
        string script = NftScript.Render(plan);
        Assert.DoesNotContain("flush", script);
        Assert.DoesNotContain("a\nb", script);
    }
}
