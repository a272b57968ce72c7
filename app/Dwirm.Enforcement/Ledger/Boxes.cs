using System.Collections.Generic;

namespace Dwirm.Enforcement.Ledger;

/// <summary>A rectangle of addresses and ports, all ends inclusive, and what is said of it.</summary>
internal readonly record struct Box(uint Low, uint High, ushort PortLow, ushort PortHigh, ulong Data = 0, long Deadline = 0)
{
    public bool Overlaps(in Box other) => Low <= other.High && other.Low <= High && PortLow <= other.PortHigh && other.PortLow <= PortHigh;

    public bool Contains(uint address, ushort port) => address >= Low && address <= High && port >= PortLow && port <= PortHigh;
}

/// <summary>
/// Rectangles that never overlap: an earlier one keeps what a later one would share. The kernel's interval sets take partly overlapping
/// ranges without a word and then answer with either, so they must never see one.
/// </summary>
internal sealed class BoxSet
{
    /// <summary>Pieces one set of rectangles may fall into; what is beyond is not granted.</summary>
    public const int Limit = 512;

    private List<Box> _pending = [];
    private List<Box> _next = [];

    public List<Box> Boxes { get; } = [];

    public void Clear() => Boxes.Clear();

    /// <summary>Adds what is left of <paramref name="box"/>; false when the limit cut it short.</summary>
    public bool Add(in Box box)
    {
        _pending.Clear();
        _pending.Add(box);
        foreach (Box taken in Boxes)
        {
            if (!taken.Overlaps(box)) continue;
            _next.Clear();
            foreach (Box piece in _pending) Subtract(piece, taken, _next);
            (_pending, _next) = (_next, _pending);
            if (_pending.Count > Limit) return false;
        }
        if (Boxes.Count + _pending.Count > Limit) return false;
        Boxes.AddRange(_pending);
        return true;
    }

    public bool Covers(uint address, ushort port)
    {
        foreach (Box box in Boxes)
        {
            if (box.Contains(address, port)) return true;
        }
        return false;
    }

    /// <summary>Adds to <paramref name="into"/> what of <paramref name="whole"/> lies outside <paramref name="taken"/>: at most four pieces.</summary>
    public static void Subtract(in Box whole, in Box taken, List<Box> into)
    {
        if (!whole.Overlaps(taken))
        {
            into.Add(whole);
            return;
        }
        uint low = whole.Low, high = whole.High;
        if (low < taken.Low)
        {
            into.Add(whole with { High = taken.Low - 1 });
            low = taken.Low;
        }
        if (high > taken.High)
        {
            into.Add(whole with { Low = taken.High + 1 });
            high = taken.High;
        }
        if (whole.PortLow < taken.PortLow) into.Add(whole with { Low = low, High = high, PortHigh = (ushort)(taken.PortLow - 1) });
        if (whole.PortHigh > taken.PortHigh) into.Add(whole with { Low = low, High = high, PortLow = (ushort)(taken.PortHigh + 1) });
    }
}
