using System;
using System.Runtime.InteropServices;
using System.Text;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Shaping;

/// <summary>A qdisc or a class as the kernel tells of it.</summary>
internal struct TcObject
{
    public int Device { get; set; }

    public uint Handle { get; set; }

    public uint Parent { get; set; }

    public string Kind { get; set; }

    /// <summary>An HTB qdisc's class for what no class takes; all ones when it is no HTB.</summary>
    public uint HtbDefault { get; set; }

    public uint HtbQuantum { get; set; }

    public uint HtbRate { get; set; }
}

/// <summary>Reads RTM_NEWQDISC and RTM_NEWTCLASS.</summary>
internal static class TcReader
{
    private const ushort TCA_HTB_PARMS = 1, TCA_HTB_INIT = 2;

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
            else if (attributes.Type == TcMessages.Options && found.Kind == "htb") Options(attributes.Inner(), ref found);
        }
        return !attributes.Malformed;
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
