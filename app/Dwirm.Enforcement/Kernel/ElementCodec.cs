using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Dwirm.Enforcement.Ledger;
using Dwirm.Enforcement.Shaping;
using Dwirm.Enforcement.Tables;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Kernel;

/// <summary>Elements as the kernel takes them. Fields of a key are padded to four octets each; marks and classes are in host order but in ranges, the rest in network order.</summary>
internal static class ElementCodec
{
    /// <summary>Longest key: IPv6 address, interface name, mark, protocol, port.</summary>
    public const int MaxKey = 44;

    /// <summary>Writes an element of an open list.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="element">The element.</param>
    /// <param name="names">Interface names.</param>
    /// <param name="nowMs">Monotonic milliseconds, for what is left until its deadline.</param>
    /// <param name="usage">What the element's predecessor counted.</param>
    public static void Write(NetlinkWriter writer, in Element element, InterfaceNames names, long nowMs, UsageCounters usage)
    {
        SetSpec spec = Sets.Get(element.Set);
        using (writer.Element())
        {
            WriteKeys(writer, element, spec, names);
            bool counted = usage.Initial(element, out ulong packets, out ulong bytes);
            if (counted && spec.Counter) writer.ElementCounter(packets, bytes);
            WriteData(writer, element, spec);
            if (spec.Limit) writer.ElementLimitOver(element.Data, (uint)ClassPlan.BurstOf((long)element.Data), packets, bytes);
            if (element.Deadline != 0) writer.ElementTimeout((ulong)Math.Max(1, element.Deadline - nowMs));
        }
    }

    /// <summary>Writes an element of an open list as a deletion or a question names it.</summary>
    public static void WriteKeyOnly(NetlinkWriter writer, in Element element, InterfaceNames names)
    {
        using (writer.Element()) WriteKeys(writer, element, Sets.Get(element.Set), names);
    }

    private static void WriteKeys(NetlinkWriter writer, in Element element, SetSpec spec, InterfaceNames names)
    {
        Span<byte> key = stackalloc byte[MaxKey];
        writer.ElementKey(key[..WriteKey(element, spec, names, false, key)]);
        if (spec.IsInterval) writer.ElementKeyEnd(key[..WriteKey(element, spec, names, true, key)]);
    }

    /// <summary>Writes a key, or the last key of its range, and says how long it is.</summary>
    public static int WriteKey(in Element element, SetSpec spec, InterfaceNames names, bool end, Span<byte> key)
    {
        key.Clear();
        int at = 0;
        foreach (KeyPart part in spec.Parts)
        {
            Span<byte> field = key[at..];
            switch (part)
            {
                case KeyPart.IfName: Encoding.ASCII.GetBytes(names[element.Interface], field); break;
                case KeyPart.Ether: element.Ether.Write(field); break;
                case KeyPart.Source4: BinaryPrimitives.WriteUInt32BigEndian(field, end ? element.SourceHigh : element.SourceLow); break;
                case KeyPart.Destination4: BinaryPrimitives.WriteUInt32BigEndian(field, end ? element.DestinationHigh : element.DestinationLow); break;
                case KeyPart.Ip6 or KeyPart.NdTarget: BinaryPrimitives.WriteUInt128BigEndian(field, end ? element.AddressEnd : element.Address); break;
                case KeyPart.Protocol or KeyPart.Icmpv6Type: field[0] = element.Protocol; break;
                case KeyPart.Port: BinaryPrimitives.WriteUInt16BigEndian(field, end ? element.PortHigh : element.PortLow); break;
                case KeyPart.Direction: field[0] = (byte)element.Direction; break;
                default:
                    uint mark = element.Mark;
                    if (spec.IsInterval) BinaryPrimitives.WriteUInt32BigEndian(field, mark);
                    else MemoryMarshal.Write(field, in mark);
                    break;
            }
            at += SetSpec.Padded(SetSpec.LengthOf(part));
        }
        return spec.Parts.Length == 1 ? SetSpec.LengthOf(spec.Parts[0]) : at;
    }

    private static void WriteData(NetlinkWriter writer, in Element element, SetSpec spec)
    {
        Span<byte> data = stackalloc byte[8];
        data.Clear();
        uint host = (uint)element.Data;
        switch (spec.Data)
        {
            case DataKind.None:
                return;
            case DataKind.Verdict:
                writer.ElementGoto(LedgerBuilder.Chains[(int)element.Data]);
                return;
            case DataKind.Mark or DataKind.Class:
                MemoryMarshal.Write(data, in host);
                break;
            case DataKind.Address:
                BinaryPrimitives.WriteUInt32BigEndian(data, host);
                break;
            default:
                BinaryPrimitives.WriteUInt32BigEndian(data, (uint)(element.Data >> 16));
                BinaryPrimitives.WriteUInt16BigEndian(data[4..], (ushort)element.Data);
                break;
        }
        writer.ElementData(data[..spec.DataLength]);
    }
}
