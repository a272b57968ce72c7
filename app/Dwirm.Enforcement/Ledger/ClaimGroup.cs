using System;
using System.Collections.Generic;

namespace Dwirm.Enforcement.Ledger;

/// <summary>One point that an exact set holds.</summary>
internal readonly record struct ExactClaim(uint Address, ushort Port, ulong Data, long Deadline);

/// <summary>
/// What the services of one device claim between one pair of ends over one transport, made free of contradictions. Exact elements are
/// looked up before ranges, so an inactive service's exact port would hide an active service's range; such a port is left out. Otherwise
/// the service that stays longest wins, then the one that comes first.
/// </summary>
internal sealed class ClaimGroup
{
    /// <summary>Port ranges up to this size become exact elements: one hash lookup, instead of a walk over ranges.</summary>
    public const int ExpandUpTo = 16;

    private readonly List<Claim> _claims = [];
    private readonly HashSet<ulong> _points = [];
    private readonly BoxSet _boxes = new();

    public List<ExactClaim> Exact { get; } = [];

    public List<Box> Ranges => _boxes.Boxes;

    public void Clear() => _claims.Clear();

    public void Add(in Box box, bool active) => _claims.Add(new Claim(box, active, _claims.Count));

    /// <summary>Fills <see cref="Exact"/> and <see cref="Ranges"/>.</summary>
    /// <param name="exactLow">With <paramref name="exactHigh"/>: the address range an exact element stands for; any single address when the two are 1 and 0.</param>
    /// <param name="exactHigh">See <paramref name="exactLow"/>.</param>
    /// <returns>False when a bound cut it short.</returns>
    public bool Resolve(uint exactLow, uint exactHigh)
    {
        Exact.Clear();
        _points.Clear();
        _boxes.Clear();
        if (_claims.Count == 0) return true;
        bool complete = true;
        if (_claims.Count > 1) _claims.Sort();
        foreach (Claim claim in _claims)
        {
            Box box = claim.Box;
            bool anySingle = exactLow > exactHigh && box.Low == box.High;
            bool exact = (anySingle || (box.Low == exactLow && box.High == exactHigh)) && box.PortHigh - box.PortLow < ExpandUpTo;
            if (!exact) complete &= _boxes.Add(box);
            else
            {
                for (int port = box.PortLow; port <= box.PortHigh; port++) AddPoint(claim, (ushort)port);
            }
        }
        return complete;
    }

    private void AddPoint(in Claim claim, ushort port)
    {
        Box box = claim.Box;
        if (!claim.Active && _boxes.Covers(box.Low, port)) return;
        if (_points.Add(((ulong)box.Low << 16) | port)) Exact.Add(new ExactClaim(box.Low, port, box.Data, box.Deadline));
    }

    private readonly record struct Claim(Box Box, bool Active, int Index) : IComparable<Claim>
    {
        public int CompareTo(Claim other)
        {
            if (Active != other.Active) return Active ? -1 : 1;
            long mine = Box.Deadline == 0 ? long.MaxValue : Box.Deadline, theirs = other.Box.Deadline == 0 ? long.MaxValue : other.Box.Deadline;
            return mine != theirs ? theirs.CompareTo(mine) : Index.CompareTo(other.Index);
        }
    }
}
