using System;
using System.Collections.Generic;
using System.Text.Json.Nodes;

namespace Dwirm.Enforcement.Tests;

/// <summary>What <c>nft -j list ruleset</c> says, without handles, counters and remaining lifetimes, in a fixed order.</summary>
internal static class RulesetJson
{
    private static readonly string[] Fleeting = ["handle", "expires", "packets", "bytes"];

    /// <summary>One line per table, chain, rule, set; elements sorted.</summary>
    public static string Normalise(string json, bool keepTimeouts = true)
    {
        var lines = new List<string>();
        foreach (JsonNode? item in JsonNode.Parse(json)!["nftables"]!.AsArray())
        {
            if (item!["metainfo"] != null) continue;
            Strip(item, keepTimeouts);
            lines.Add(item.ToJsonString());
        }
        return string.Join('\n', lines);
    }

    /// <summary>Every element of every set as one line "family set element".</summary>
    public static SortedSet<string> Elements(string json)
    {
        var all = new SortedSet<string>(StringComparer.Ordinal);
        foreach (JsonNode? item in JsonNode.Parse(json)!["nftables"]!.AsArray())
        {
            JsonNode? set = item!["set"] ?? item["map"];
            if (set?["elem"] is not JsonArray elements || set["name"]!.ToString() is "seen" or "seen6" or "viol" or "viol6" or "vlog" or "learn") continue;
            foreach (JsonNode? element in elements)
            {
                Strip(element!, true);
                all.Add($"{set["family"]} {set["name"]} {element!.ToJsonString().Replace("{\"elem\":{\"val\":", "").Replace(",\"counter\":{}}}", "")}");
            }
        }
        return all;
    }

    private static void Strip(JsonNode node, bool keepTimeouts)
    {
        if (node is JsonArray list)
        {
            foreach (JsonNode? item in list)
            {
                if (item != null) Strip(item, keepTimeouts);
            }
        }
        if (node is not JsonObject map) return;
        foreach (string name in Fleeting) map.Remove(name);
        if (!keepTimeouts && map.ContainsKey("val") && map.Remove("timeout") && map.Count == 1)
        {
            Strip(map["val"]!, keepTimeouts);
        }
        foreach (KeyValuePair<string, JsonNode?> member in map)
        {
            if (member.Value == null) continue;
            Strip(member.Value, keepTimeouts);
            if (member.Key == "elem" && member.Value is JsonArray elements) Sort(elements);
        }
    }

    private static void Sort(JsonArray elements)
    {
        var sorted = new List<string>();
        foreach (JsonNode? element in elements) sorted.Add(element!.ToJsonString());
        sorted.Sort(StringComparer.Ordinal);
        elements.Clear();
        foreach (string text in sorted) elements.Add(JsonNode.Parse(text));
    }
}
