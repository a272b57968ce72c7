using System;

namespace Dwirm.Wire.Netlink;

/// <summary>Flags of a netlink message (linux/netlink.h).</summary>
[Flags]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "the kernel's word")]
public enum NetlinkFlags : ushort
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A request; the kernel ignores what lacks it.</summary>
    Request = 0x1,

    /// <summary>One of several messages, ended by NLMSG_DONE.</summary>
    Multi = 0x2,

    /// <summary>Answer success too.</summary>
    Ack = 0x4,

    /// <summary>Send events to the requester as well.</summary>
    Echo = 0x8,

    /// <summary>A dump was disturbed by a change and has to be repeated.</summary>
    DumpInterrupted = 0x10,

    /// <summary>Get: all objects (NLM_F_ROOT | NLM_F_MATCH).</summary>
    Dump = 0x300,

    /// <summary>New: replace what exists.</summary>
    Replace = 0x100,

    /// <summary>New: fail when it exists.</summary>
    Excl = 0x200,

    /// <summary>New: create when it does not exist.</summary>
    Create = 0x400,

    /// <summary>New: add at the end of the list.</summary>
    Append = 0x800,
}

/// <summary>Netlink's own message types.</summary>
public static class NetlinkMessageType
{
    /// <summary>Nothing.</summary>
    public const ushort Noop = 1;

    /// <summary>Error or acknowledgement.</summary>
    public const ushort Error = 2;

    /// <summary>End of a dump.</summary>
    public const ushort Done = 3;

    /// <summary>Data was lost.</summary>
    public const ushort Overrun = 4;
}

/// <summary>Netfilter families (linux/netfilter.h).</summary>
public enum NfFamily : byte
{
    /// <summary>No particular one.</summary>
    Unspecified = 0,

    /// <summary>IPv4 and IPv6 together.</summary>
    Inet = 1,

    /// <summary>IPv4.</summary>
    Ipv4 = 2,

    /// <summary>Frames on bridges.</summary>
    Bridge = 7,

    /// <summary>IPv6.</summary>
    Ipv6 = 10,
}
