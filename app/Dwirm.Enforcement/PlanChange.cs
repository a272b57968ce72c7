using System.Collections.Generic;
using Dwirm.Policy.Plans;
using Dwirm.Wire;

namespace Dwirm.Enforcement;

/// <summary>What is different from the plan that was applied last. One device that changed costs what that device costs, however many there are.</summary>
public sealed class PlanChange
{
    /// <summary>The networks whose DHCP is ours, changed or not.</summary>
    public required IReadOnlyList<PlannedNetwork> Networks { get; init; }

    /// <summary>The outside, changed or not.</summary>
    public required IReadOnlyList<PlannedUplink> Uplinks { get; init; }

    /// <summary>
    /// True when <see cref="Devices"/> are all there are, so that a device that is not among them is gone. Required for the first change, after
    /// one that was refused, and when networks or uplinks are not what they were.
    /// </summary>
    public bool IsWhole { get; init; }

    /// <summary>Devices that are new or different, at most one per MAC.</summary>
    public IReadOnlyList<PlannedDevice> Devices { get; init; } = [];

    /// <summary>Devices to which the posture of their network applies from now on; unknown ones are no fault.</summary>
    public IReadOnlyList<MacAddress> Removed { get; init; } = [];

    /// <summary>The interfaces, as last read; the same object as before says that nothing changed there. Null to have them read.</summary>
    public InterfaceTable? Interfaces { get; init; }

    /// <summary>A whole plan as a change.</summary>
    public static PlanChange Whole(EnforcementPlan plan, InterfaceTable? interfaces = null) =>
        new() { Networks = plan.Networks, Uplinks = plan.Uplinks, Devices = plan.Devices, IsWhole = true, Interfaces = interfaces };
}
