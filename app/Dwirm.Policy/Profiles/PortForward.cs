using System;

namespace Dwirm.Policy.Profiles;

/// <summary>
/// A wish for forwards from the outside: internal range i belongs to external range i and is of equal size, port k of one to port k of the
/// other (DWIRM-07). <c>portfwd = "" / ( ranges ":" ranges )</c>, internal first.
/// </summary>
public sealed class PortForward : IEquatable<PortForward>
{
    private PortForward(PortSet internalPorts, PortSet externalPorts) => (Internal, External) = (internalPorts, externalPorts);

    /// <summary>Ports on the device.</summary>
    public PortSet Internal { get; }

    /// <summary>Ports on the router's outside, as many ranges as <see cref="Internal"/>, of the same sizes.</summary>
    public PortSet External { get; }

    /// <summary>Number of range pairs, at least 1.</summary>
    public int Count => Internal.Ranges.Count;

    /// <summary>A forward of these ports; null when they do not pair, or there are none.</summary>
    public static PortForward? Of(PortSet internalPorts, PortSet externalPorts) =>
        !internalPorts.IsEmpty && Pair(internalPorts, externalPorts) ? new PortForward(internalPorts, externalPorts) : null;

    /// <summary>Reads a forward; the empty text succeeds with null, "no forward".</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PortForward? forward) => TryParse(text, out forward, out _);

    /// <summary>Reads a forward; the empty text succeeds with null, "no forward".</summary>
    /// <param name="text">Internal ranges, colon, external ranges.</param>
    /// <param name="forward">The forward, or null.</param>
    /// <param name="fault">Why it failed.</param>
    /// <param name="maxRanges">Greatest number of ranges on one side.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out PortForward? forward, out OptionFault fault, int maxRanges = PortSet.DefaultMaxRanges)
    {
        forward = null;
        fault = OptionFault.None;
        if (PortSet.Trim(text).IsEmpty) return true;
        int colon = text.IndexOf(':');
        if (colon < 0 || text[(colon + 1)..].Contains(':')) fault = OptionFault.Syntax;
        if (fault != OptionFault.None) return false;
        if (!PortSet.TryParse(text[..colon], out PortSet inside, out fault, maxRanges)) return false;
        if (!PortSet.TryParse(text[(colon + 1)..], out PortSet outside, out fault, maxRanges)) return false;
        if (inside.IsEmpty || outside.IsEmpty) fault = OptionFault.Syntax;
        else if (!Pair(inside, outside)) fault = OptionFault.PairMismatch;
        if (fault != OptionFault.None) return false;
        forward = new PortForward(inside, outside);
        return true;
    }

    /// <summary>True when the internal ports all belong to the service's own <paramref name="ports"/>, which a forward must not leave.</summary>
    public bool IsInside(PortSet ports) => Internal.IsSubsetOf(ports);

    /// <summary>The internal range with number <paramref name="index"/> and the external range it belongs to.</summary>
    public (PortRange Internal, PortRange External) PairAt(int index) => (Internal.Ranges[index], External.Ranges[index]);

    /// <inheritdoc/>
    public bool Equals(PortForward? other) => other is not null && Internal.Equals(other.Internal) && External.Equals(other.External);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PortForward);

    /// <inheritdoc/>
    public override int GetHashCode() => Internal.GetHashCode() * 31 + External.GetHashCode();

    /// <summary><c>88-99:8088-8099</c>.</summary>
    public override string ToString() => $"{Internal}:{External}";

    private static bool Pair(PortSet inside, PortSet outside)
    {
        if (inside.Ranges.Count != outside.Ranges.Count) return false;
        for (int i = 0; i < inside.Ranges.Count; i++)
        {
            if (inside.Ranges[i].Count != outside.Ranges[i].Count) return false;
        }
        return true;
    }
}
