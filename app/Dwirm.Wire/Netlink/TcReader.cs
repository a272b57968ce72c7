using System;
using System.Runtime.InteropServices;
using System.Text;

namespace Dwirm.Wire.Netlink;

/// <summary>A qdisc or a class as the kernel tells of it.</summary>
public struct TcObject
{
    /// <summary>Index of the device.</summary>
    public int Device { get; internal set; }

    /// <summary>MAJOR:MINOR of the object itself.</summary>
    public uint Handle { get; internal set; }

    /// <summary>What it hangs under, <see cref="TcMessages.Root"/> for a root qdisc.</summary>
    public uint Parent { get; internal set; }

    /// <summary>Kind of the qdisc.</summary>
    public string Kind { get; internal set; }

    /// <summary>An HTB qdisc's class for what no class takes; all ones when it is no HTB.</summary>
    public uint HtbDefault { get; internal set; }

    /// <summary>An HTB class's quantum in octets.</summary>
    public uint HtbQuantum { get; internal set; }

    /// <summary>An HTB class's rate in octets per second, all ones above 32 bits.</summary>
    public uint HtbRate { get; internal set; }

    /// <summary>Packets it dropped, modulo 2^32.</summary>
    public uint Drops { get; internal set; }
}

/// <summary>Reads RTM_NEWQDISC and RTM_NEWTCLASS.</summary>
public static class TcReader
{
    private const ushort TCA_HTB_PARMS = 1, TCA_HTB_INIT = 2, TCA_STATS2 = 7, TCA_STATS_QUEUE = 3;

    /// <summary>Reads one message of a dump; false when it is another or malformed.</summary>
    public static bool TryRead(in NetlinkMessage message, ushort type, out TcObject found)
    {
        found = new TcObject { Kind = "", HtbDefault = uint.MaxValue };
        if (message.Type != type || message.Payload.Length < TcMessages.HeaderSize) return false;
        found.Device = MemoryMarshal.Read<int>(message.Payload[4..]);
        found.Handle = MemoryMarshal.Read<uint>(message.Payload[8..]);
        found.Parent = MemoryMarshal.Read<uint>(message.Payload[12..]);
        NetlinkAttributes attributes = message.Attributes(TcMessages.HeaderSize);
        while (attributes.Next())
        {
            if (attributes.Type == TcMessages.Kind) found.Kind = Encoding.ASCII.GetString(attributes.Value.TrimEnd((byte)0));
            else if (attributes.Type == TCA_STATS2) found.Drops = DropsOf(attributes.Inner());
            else if (attributes.Type == TcMessages.Options && found.Kind == "htb") Options(attributes.Inner(), ref found);
        }
        return !attributes.Malformed;
    }

    // struct gnet_stats_queue | qlen u32 | backlog u32 | drops u32 | requeues u32 | overlimits u32 |
    private static uint DropsOf(NetlinkAttributes statistics)
    {
        while (statistics.Next())
        {
            if (statistics.Type == TCA_STATS_QUEUE && statistics.Value.Length >= 20) return MemoryMarshal.Read<uint>(statistics.Value[8..]);
        }
        return 0;
    }

    private static void Options(NetlinkAttributes options, ref TcObject found)
    {
        while (options.Next())
        {
            ReadOnlySpan<byte> value = options.Value;
            if (options.Type == TCA_HTB_INIT && value.Length >= 20) found.HtbDefault = MemoryMarshal.Read<uint>(value[8..]);
            if (options.Type != TCA_HTB_PARMS || value.Length < 44) continue;
            found.HtbRate = MemoryMarshal.Read<uint>(value[8..]);
            found.HtbQuantum = MemoryMarshal.Read<uint>(value[32..]);
        }
    }
}
