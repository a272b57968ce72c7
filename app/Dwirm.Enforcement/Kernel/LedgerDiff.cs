using System.Collections.Generic;
using Dwirm.Enforcement.Ledger;
using Dwirm.Enforcement.Tables;

namespace Dwirm.Enforcement.Kernel;

/// <summary>What has to change to get from one sorted list of elements to another.</summary>
internal sealed class LedgerDiff
{
    /// <summary>Elements to delete, in the order of sets; also those that come back with another value.</summary>
    public List<Element> Removed { get; } = [];

    /// <summary>Elements to add, in the order of sets.</summary>
    public List<Element> Added { get; } = [];

    /// <summary>Services that are no longer live.</summary>
    public List<uint> Withdrawn { get; } = [];

    public bool IsEmpty => Removed.Count == 0 && Added.Count == 0;

    /// <summary>Fills the three lists from two sorted ones.</summary>
    public void Compute(List<Element> have, List<Element> want)
    {
        Removed.Clear();
        Added.Clear();
        Withdrawn.Clear();
        int i = 0, j = 0;
        while (i < have.Count || j < want.Count)
        {
            int order = i == have.Count ? 1 : j == want.Count ? -1 : have[i].CompareTo(want[j]);
            if (order < 0)
            {
                Element gone = have[i++];
                Removed.Add(gone);
                if (gone.Set == SetId.Live && gone.Direction == 0) Withdrawn.Add(gone.Mark);
            }
            else if (order > 0) Added.Add(want[j++]);
            else
            {
                if (!have[i].SameValue(want[j]))
                {
                    Removed.Add(have[i]);
                    Added.Add(want[j]);
                }
                i++;
                j++;
            }
        }
    }
}
