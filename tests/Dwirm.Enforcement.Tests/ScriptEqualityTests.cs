using System;
using System.Collections.Generic;
using System.Text.Json.Nodes;
using Dwirm.Policy.Plans;

namespace Dwirm.Enforcement.Tests;

/// <summary>nft is the oracle: what we load by netlink and what nft loads from our script has to list alike.</summary>
public sealed class ScriptEqualityTests
{
    private const string Topology = "ip link add br-lan type bridge; ip link add p1 type veth peer name p2; ip link set p1 master br-lan; ip link add wan type veth peer name wanp";

    [Fact]
    [Trait("Requirement", "DWIRM-27")]
    public void NetlinkAndScriptGiveTheSameRuleset()
    {
        EnforcementPlan plan = Plans.Lab();
        string byNetlink, byScript;
        using (var space = new Netns())
        {
            space.Sh(Topology);
            byNetlink = space.Run(() =>
            {
                var log = new List<string>();
                using KernelEnforcer enforcer = KernelEnforcer.Open(log.Add);
                Assert.Null(enforcer.Apply(plan, Plans.Now));
                return Netns.Shell("nft -j list ruleset", null);
            });
        }
        using (var space = new Netns())
        {
            space.Sh("nft -f /dev/stdin", NftScript.Render(plan, Plans.Now, [new Ledger.BridgePort("p1", "br-lan")]));
            byScript = space.Sh("nft -j list ruleset");
        }
        Assert.Equal(Normalise(byScript), Normalise(byNetlink));
    }

    internal static string Normalise(string json)
    {
        var lines = new List<string>();
        foreach (JsonNode? item in JsonNode.Parse(json)!["nftables"]!.AsArray())
        {
            if (item!["metainfo"] != null) continue;
            Strip(item);
            lines.Add(item.ToJsonString());
        }
        return string.Join('\n', lines);
    }

    private static void Strip(JsonNode node)
    {
        if (node is JsonObject map)
        {
            foreach (string name in new[] { "handle", "expires", "packets", "bytes" }) map.Remove(name);
            foreach (KeyValuePair<string, JsonNode?> member in map)
            {
                if (member.Key == "elem" && member.Value is JsonArray elements)
                {
                    var sorted = new List<string>();
                    foreach (JsonNode? element in elements)
                    {
                        Strip(element!);
                        sorted.Add(element!.ToJsonString());
                    }
                    sorted.Sort(StringComparer.Ordinal);
                    elements.Clear();
                    foreach (string text in sorted) elements.Add(JsonNode.Parse(text));
                }
                else if (member.Value != null) Strip(member.Value);
            }
        }
        else if (node is JsonArray list)
        {
            foreach (JsonNode? item in list)
            {
                if (item != null) Strip(item);
            }
        }
    }
}
