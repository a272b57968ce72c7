using System;
using System.Collections.Generic;
using Dwirm.Wire;

namespace Dwirm.Enforcement;

/// <summary>What enforces plans: the kernel of this network namespace, or what stands for it in a test.</summary>
public interface IKernel : IDisposable
{
    /// <summary>What it can do, and what came in the way of the last plan.</summary>
    KernelSupport Support { get; }

    /// <summary>Makes it enforce the last plan with this change.</summary>
    /// <returns>Null when it does; else what was refused, what was enforced before goes on, and the next change has to be a whole one.</returns>
    NetlinkError? Apply(PlanChange change, Instant now);

    /// <summary>True while what is enforced is what the last <see cref="Apply"/> left, as far as a look tells; when false, apply the whole plan again.</summary>
    bool IsIntact();

    /// <summary>Reads the counters of all live services into <paramref name="usage"/>, which is emptied first; false when there was no answer.</summary>
    bool ReadUsage(Dictionary<uint, ServiceUsage> usage);
}
