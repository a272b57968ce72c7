using System;
using System.Collections.Generic;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

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

    /// <summary>Reads the counters of some devices' services into <paramref name="usage"/>, which is emptied first; others may be among them.</summary>
    bool ReadUsage(IReadOnlyList<MacAddress> devices, Dictionary<uint, ServiceUsage> usage) => ReadUsage(usage);

    /// <summary>Reads the counters of all live services into <paramref name="usage"/>, which is emptied first; false when there was no answer.</summary>
    bool ReadUsage(Dictionary<uint, ServiceUsage> usage);

    /// <summary>Hands on which device may use which IPv6 address, as the tables of an earlier run have it; for use before the first <see cref="Apply"/>.</summary>
    void ReadAddresses(Action<MacAddress, Ipv6Address> take)
    {
    }

    /// <summary>True for the netlink port of a socket of ours: events that carry it tell of what we did ourselves.</summary>
    bool IsOurs(uint portId) => false;

    /// <summary>True when anybody else changed any table since this was last asked.</summary>
    bool OthersChanged() => false;

    /// <summary>What is in our tables is no longer believed: the next <see cref="Apply"/> writes them anew, as a whole.</summary>
    void DistrustTables()
    {
    }

    /// <summary>What is known of our traffic classes is no longer believed: the next <see cref="Apply"/> of a whole plan reads them back and puts right what is wrong.</summary>
    void DistrustShaping()
    {
    }

    /// <summary>Hands on what was refused in the last hour, as the kernel counted it; false when there was no answer.</summary>
    bool ReadRefused(RefusedHandler take) => false;

    /// <summary>Hands on the totals of what was refused since the tables were made: spoofed, violations, cut_off, l2viol. A name may come twice, once for each table.</summary>
    void ReadTotals(Action<string, long> take)
    {
    }

    /// <summary>Hands on every flowtable, whoever made it; false when there was no answer.</summary>
    bool ReadFlowtables(Action<NftFlowtable> take) => false;

    /// <summary>Deletes a flowtable and the rules of its table that put flows into any: forwarding goes through the rules again.</summary>
    NetlinkError? EndOffload(NftFlowtable flowtable) => null;
}
