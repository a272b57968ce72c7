using System.Collections.Generic;
using System.Text;
using Dwirm.Enforcement.Ledger;
using Dwirm.Enforcement.Shaping;
using Dwirm.Wire;

namespace Dwirm.Enforcement.Tables;

/// <summary>Elements in nft's language.</summary>
internal static class ElementText
{
    /// <summary>Writes the elements of one set out of the sorted list, or nothing when it has none.</summary>
    public static void Write(SetSpec spec, List<Element> elements, InterfaceNames names, long nowMs, StringBuilder into)
    {
        bool first = true;
        foreach (Element element in elements)
        {
            if (element.Set != spec.Id) continue;
            into.Append(first ? "\t\telements = {\n\t\t\t" : ",\n\t\t\t");
            first = false;
            Key(spec, element, names, into);
            if (spec.Limit)
            {
                into.Append(" limit rate over ").Append(element.Data).Append(" bytes/second burst ")
                    .Append(ClassPlan.BurstOf((long)element.Data)).Append(" bytes counter");
            }
            if (element.Deadline != 0 && nowMs != 0) into.Append(" timeout ").Append(long.Max(1, element.Deadline - nowMs)).Append("ms");
            Data(spec, element, into);
        }
        if (!first) into.Append("\n\t\t}\n");
    }

    private static void Key(SetSpec spec, in Element element, InterfaceNames names, StringBuilder into)
    {
        for (int i = 0; i < spec.Parts.Length; i++)
        {
            if (i > 0) into.Append(" . ");
            switch (spec.Parts[i])
            {
                case KeyPart.IfName: into.Append('"').Append(names[element.Interface]).Append('"'); break;
                case KeyPart.Ether: into.Append(element.Ether); break;
                case KeyPart.Source4: Addresses(element.SourceLow, element.SourceHigh, into); break;
                case KeyPart.Destination4: Addresses(element.DestinationLow, element.DestinationHigh, into); break;
                case KeyPart.Ip6:
                    into.Append(new Ipv6Address(element.Address));
                    if (element.FreeBits > 0) into.Append('/').Append(128 - element.FreeBits);
                    break;
                case KeyPart.NdTarget: into.Append("0x").Append(element.Address.ToString("x32")); break;
                case KeyPart.Protocol: into.Append(element.Protocol == 6 ? "tcp" : "udp"); break;
                case KeyPart.Port: Ports(element.PortLow, element.PortHigh, into); break;
                case KeyPart.Icmpv6Type: into.Append(element.Protocol); break;
                case KeyPart.Direction: into.Append(element.Direction == 0 ? "original" : "reply"); break;
                default: into.Append("0x").Append(element.Mark.ToString("x8")); break;
            }
        }
    }

    private static void Data(SetSpec spec, in Element element, StringBuilder into)
    {
        switch (spec.Data)
        {
            case DataKind.None: break;
            case DataKind.Verdict: into.Append(" : goto ").Append(LedgerBuilder.Chains[(int)element.Data]); break;
            case DataKind.Mark: into.Append(" : 0x").Append(((uint)element.Data).ToString("x8")); break;
            case DataKind.Class:
                into.Append(" : ").Append((element.Data >> 16).ToString("x")).Append(':').Append((element.Data & 0xffff).ToString("x"));
                break;
            case DataKind.Address: into.Append(" : ").Append(new Ipv4Address((uint)element.Data)); break;
            default: into.Append(" : ").Append(new Ipv4Address((uint)(element.Data >> 16))).Append(" . ").Append((ushort)element.Data); break;
        }
    }

    private static void Addresses(uint low, uint high, StringBuilder into)
    {
        into.Append(new Ipv4Address(low));
        if (high == low) return;
        uint span = high - low;
        bool prefix = (span & (span + 1)) == 0 && (low & span) == 0;
        if (prefix) into.Append('/').Append(32 - System.Numerics.BitOperations.PopCount(span));
        else into.Append('-').Append(new Ipv4Address(high));
    }

    private static void Ports(ushort low, ushort high, StringBuilder into)
    {
        into.Append(low);
        if (high != low) into.Append('-').Append(high);
    }
}
