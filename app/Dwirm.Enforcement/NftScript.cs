using System.Collections.Generic;
using System.Text;
using Dwirm.Enforcement.Ledger;
using Dwirm.Enforcement.Tables;
using Dwirm.Policy.Plans;
using Dwirm.Wire;

namespace Dwirm.Enforcement;

/// <summary>The plan as a script for nft: for reading, and for routers that enforce in other ways.</summary>
public static class NftScript
{
    /// <summary>A script that, loaded with <c>nft -f</c>, leaves the same two tables in the kernel as <see cref="KernelEnforcer"/> does.</summary>
    /// <param name="plan">What is to be enforced.</param>
    /// <param name="now">The clocks; when left out, elements are written without their timeouts.</param>
    /// <param name="ports">Ports of the bridges (<see cref="InterfaceTable.BridgePorts"/>); without them, posture between ports is missing.</param>
    public static string Render(EnforcementPlan plan, Instant now = default, IReadOnlyList<BridgePort>? ports = null)
    {
        var names = new InterfaceNames();
        List<Element> elements = new LedgerBuilder(names).Build(plan, ports ?? [], now.MonotonicMs);
        return Render(elements, names, now.MonotonicMs, new RulesetOptions(true, true));
    }

    internal static string Render(List<Element> elements, InterfaceNames names, long nowMs, RulesetOptions options)
    {
        var text = new StringBuilder(1 << 14);
        text.Append("#!/usr/sbin/nft -f\n");
        var sink = new ScriptSink(text, (spec, into) => ElementText.Write(spec, elements, names, nowMs, into));
        Ruleset.WriteInet(sink, options);
        if (options.Bridge) Ruleset.WriteBridge(sink, options);
        return text.ToString();
    }
}
