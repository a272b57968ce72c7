using System;
using System.Collections.Generic;
using Dwirm.Enforcement.Ledger;
using Dwirm.Enforcement.Tables;

namespace Dwirm.Enforcement.Kernel;

/// <summary>What has to change to get from some sorted blocks of elements to others.</summary>
internal sealed class LedgerDiff
{
    /// <summary>Elements to delete, in the order of sets; also those that come back with another value.</summary>
    public List<Element> Removed { get; } = [];

    /// <summary>Elements to add, in the order of sets.</summary>
    public List<Element> Added { get; } = [];

    /// <summary>Services that are no longer live.</summary>
    public List<uint> Withdrawn { get; } = [];

    /// <summary>True when everything is going to be written anew, so that only what is withdrawn is of interest.</summary>
    public bool IsReload { get; set; }

    public bool IsEmpty => Removed.Count == 0 && Added.Count == 0;

    public void Clear()
    {
        Removed.Clear();
        Added.Clear();
        Withdrawn.Clear();
        // A load of everything must not stay in memory for ever.
        if (Added.Capacity > 4096) Added.Capacity = 0;
        if (Removed.Capacity > 4096) Removed.Capacity = 0;
    }

    /// <summary>Adds the difference between two sorted blocks. What stays in the kernel as it is takes its place in <paramref name="want"/>.</summary>
    /// <returns>True when there is no difference.</returns>
    public bool Add(ReadOnlySpan<Element> have, Span<Element> want)
    {
        int i = 0, j = 0;
        bool same = true;
        while (i < have.Length || j < want.Length)
        {
            int order = i == have.Length ? 1 : j == want.Length ? -1 : have[i].CompareTo(want[j]);
            if (order < 0) Remove(have[i++]);
            else if (order > 0) Bring(want[j++]);
            else
            {
                // Written anew it ends when it should, not when it would have.
                bool stays = !IsReload && have[i].SameValue(want[j]);
                if (stays) want[j] = have[i];
                else
                {
                    if (!IsReload) Removed.Add(have[i]);
                    Bring(want[j]);
                }
                same &= stays;
                i++;
                j++;
                continue;
            }
            same = false;
        }
        return same;
    }

    /// <summary>Brings what was added block by block into the order of sets.</summary>
    public void Sort()
    {
        Removed.Sort();
        Added.Sort();
    }

    /// <summary>Leaves out what a kernel without bridge tables has no place for.</summary>
    public void WithoutBridge()
    {
        Removed.RemoveAll(static element => element.Set >= SetId.L2Port);
        Added.RemoveAll(static element => element.Set >= SetId.L2Port);
    }

    private void Bring(in Element come)
    {
        if (!IsReload) Added.Add(come);
    }

    private void Remove(in Element gone)
    {
        if (!IsReload) Removed.Add(gone);
        if (gone.Set == SetId.Live && gone.Direction == 0) Withdrawn.Add(gone.Mark);
    }
}
