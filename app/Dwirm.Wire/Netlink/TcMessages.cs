using System;
using System.Runtime.InteropServices;

namespace Dwirm.Wire.Netlink;

/// <summary>Traffic control over rtnetlink: qdiscs htb, bfifo and fq_codel, and HTB classes (linux/pkt_sched.h).</summary>
public static class TcMessages
{
    /// <summary>RTM_NEWQDISC, as a request and as an answer.</summary>
    public const ushort NewQdisc = 36;

    /// <summary>RTM_DELQDISC.</summary>
    public const ushort DeleteQdisc = 37;

    /// <summary>RTM_GETQDISC.</summary>
    public const ushort GetQdisc = 38;

    /// <summary>RTM_NEWTCLASS, as a request and as an answer.</summary>
    public const ushort NewClass = 40;

    /// <summary>RTM_DELTCLASS.</summary>
    public const ushort DeleteClass = 41;

    /// <summary>RTM_GETTCLASS.</summary>
    public const ushort GetClass = 42;

    /// <summary>The parent of a root qdisc (TC_H_ROOT).</summary>
    public const uint Root = 0xffffffff;

    /// <summary>Octets of tcmsg.</summary>
    public const int HeaderSize = 20;

    /// <summary>TCA_KIND: name of the qdisc.</summary>
    public const ushort Kind = 1;

    /// <summary>TCA_OPTIONS: what is particular to the kind.</summary>
    public const ushort Options = 2;

    private const ushort TCA_HTB_PARMS = 1, TCA_HTB_INIT = 2, TCA_HTB_CTAB = 3, TCA_HTB_RTAB = 4, TCA_HTB_RATE64 = 6, TCA_HTB_CEIL64 = 7;
    private const ushort TCA_FQ_CODEL_TARGET = 1, TCA_FQ_CODEL_LIMIT = 2, TCA_FQ_CODEL_INTERVAL = 3, TCA_FQ_CODEL_FLOWS = 5;
    private const byte LinkLayerEthernet = 1;
    private const int CellLog = 3; // 256 cells of 8 octets reach beyond an Ethernet frame of 1,600 octets

    /// <summary>The handle MAJOR:MINOR.</summary>
    public static uint Handle(ushort major, ushort minor) => ((uint)major << 16) | minor;

    /// <summary>Asks for the qdiscs of all devices; the kernel takes no filter.</summary>
    public static void DumpQdiscs(this NetlinkWriter writer, uint sequence)
    {
        using (writer.Message(GetQdisc, NetlinkFlags.Request | NetlinkFlags.Dump, sequence)) Header(writer, 0, 0, 0);
    }

    /// <summary>Asks for the classes of one device.</summary>
    public static void DumpClasses(this NetlinkWriter writer, uint sequence, int device)
    {
        using (writer.Message(GetClass, NetlinkFlags.Request | NetlinkFlags.Dump, sequence)) Header(writer, device, 0, 0);
    }

    /// <summary>Makes an HTB the root qdisc of a device: what no class takes goes straight out, unshaped.</summary>
    /// <remarks><code>tc_htb_glob | version u32 = 3 | rate2quantum u32 | default class u32 = 0: direct | debug u32 | direct packets u32 |</code></remarks>
    public static void NewHtbRoot(this NetlinkWriter writer, uint sequence, int device, uint handle)
    {
        using (writer.Message(NewQdisc, NetlinkFlags.Request | NetlinkFlags.Ack | NetlinkFlags.Create | NetlinkFlags.Replace, sequence))
        {
            Header(writer, device, handle, Root);
            writer.PutStringZ(Kind, "htb");
            using (writer.Nest(Options))
            {
                Span<byte> glob = writer.Attribute(TCA_HTB_INIT, 20);
                WriteHost(glob, 0, 3);
                WriteHost(glob, 4, 10);
            }
        }
    }

    /// <summary>Makes an HTB class, or changes its rates.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="sequence">Sequence number.</param>
    /// <param name="device">Index of the device.</param>
    /// <param name="parent">The class or qdisc above.</param>
    /// <param name="handle">The class.</param>
    /// <param name="shape">Its rates.</param>
    /// <remarks>
    /// <code>
    /// tc_htb_opt  | rate: tc_ratespec | ceil: tc_ratespec | buffer u32, cbuffer u32 in ticks | quantum u32 | level u32 | prio u32 |
    /// tc_ratespec | cell_log u8 | linklayer u8 | overhead u16 | cell_align s16 = -1 | mpu u16 | octets per second u32, all ones above 32 bits |
    /// </code>
    /// </remarks>
    public static void PutHtbClass(this NetlinkWriter writer, uint sequence, int device, uint parent, uint handle, HtbShape shape)
    {
        using (writer.Message(NewClass, NetlinkFlags.Request | NetlinkFlags.Ack | NetlinkFlags.Create, sequence))
        {
            Header(writer, device, handle, parent);
            writer.PutStringZ(Kind, "htb");
            using (writer.Nest(Options))
            {
                if (shape.RateBytes > uint.MaxValue) writer.PutU64Host(TCA_HTB_RATE64, (ulong)shape.RateBytes);
                if (shape.CeilBytes > uint.MaxValue) writer.PutU64Host(TCA_HTB_CEIL64, (ulong)shape.CeilBytes);
                Span<byte> parameters = writer.Attribute(TCA_HTB_PARMS, 44);
                RateSpec(parameters, shape.RateBytes);
                RateSpec(parameters[12..], shape.CeilBytes);
                WriteHost(parameters, 24, Ticks(shape.BurstBytes, shape.RateBytes));
                WriteHost(parameters, 28, Ticks(shape.BurstBytes, shape.CeilBytes));
                WriteHost(parameters, 32, (uint)shape.QuantumBytes);
                RateTable(writer.Attribute(TCA_HTB_RTAB, 1024), shape.RateBytes);
                RateTable(writer.Attribute(TCA_HTB_CTAB, 1024), shape.CeilBytes);
            }
        }
    }

    /// <summary>Gives a class a queue of <paramref name="limitBytes"/> octets.</summary>
    public static void PutBfifo(this NetlinkWriter writer, uint sequence, int device, uint parent, uint limitBytes)
    {
        using (writer.Message(NewQdisc, NetlinkFlags.Request | NetlinkFlags.Ack | NetlinkFlags.Create | NetlinkFlags.Replace, sequence))
        {
            Header(writer, device, 0, parent);
            writer.PutStringZ(Kind, "bfifo");
            WriteHost(writer.Attribute(Options, 4), 0, limitBytes);
        }
    }

    /// <summary>Gives a class a fair queue with controlled delay.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="sequence">Sequence number.</param>
    /// <param name="device">Index of the device.</param>
    /// <param name="parent">The class.</param>
    /// <param name="targetUs">Delay it aims at, microseconds; not below the time one frame takes.</param>
    /// <param name="intervalUs">Time over which it looks, microseconds.</param>
    /// <param name="limitPackets">Greatest length.</param>
    /// <param name="flows">How many flows it tells apart, each taking some 70 octets; 0 for the kernel's 1,024.</param>
    public static void PutFqCodel(
        this NetlinkWriter writer, uint sequence, int device, uint parent, uint targetUs, uint intervalUs, uint limitPackets, uint flows = 0)
    {
        using (writer.Message(NewQdisc, NetlinkFlags.Request | NetlinkFlags.Ack | NetlinkFlags.Create | NetlinkFlags.Replace, sequence))
        {
            Header(writer, device, 0, parent);
            writer.PutStringZ(Kind, "fq_codel");
            using (writer.Nest(Options))
            {
                writer.PutU32Host(TCA_FQ_CODEL_TARGET, targetUs);
                writer.PutU32Host(TCA_FQ_CODEL_INTERVAL, intervalUs);
                writer.PutU32Host(TCA_FQ_CODEL_LIMIT, limitPackets);
                if (flows != 0) writer.PutU32Host(TCA_FQ_CODEL_FLOWS, flows);
            }
        }
    }

    /// <summary>Deletes a class with its queue; ENOENT when there is none, EBUSY while it has classes below.</summary>
    public static void DeleteHtbClass(this NetlinkWriter writer, uint sequence, int device, uint handle)
    {
        using (writer.Message(DeleteClass, NetlinkFlags.Request | NetlinkFlags.Ack, sequence)) Header(writer, device, handle, 0);
    }

    /// <summary>Asks for one class with its statistics; newer kernels tell it to who listens to changes only, and to who asks for an echo.</summary>
    public static void GetHtbClass(this NetlinkWriter writer, uint sequence, int device, uint handle)
    {
        using (writer.Message(GetClass, NetlinkFlags.Request | NetlinkFlags.Ack | NetlinkFlags.Echo, sequence)) Header(writer, device, handle, 0);
    }

    /// <summary>Deletes a device's root qdisc; the kernel puts its default back.</summary>
    public static void DeleteRoot(this NetlinkWriter writer, uint sequence, int device, uint handle)
    {
        using (writer.Message(DeleteQdisc, NetlinkFlags.Request | NetlinkFlags.Ack, sequence)) Header(writer, device, handle, Root);
    }

    /// <summary>Time that <paramref name="bytes"/> take at a rate, in the scheduler's ticks of 64 ns, rounded up and held at the greatest the field holds.</summary>
    public static uint Ticks(long bytes, long bytesPerSecond)
    {
        if (bytesPerSecond <= 0) return uint.MaxValue;
        // 2^39 octets at the slowest rate are beyond the field anyway.
        ulong ticks = ((ulong)Math.Clamp(bytes, 0, 1L << 39) * 15_625_000 + (ulong)bytesPerSecond - 1) / (ulong)bytesPerSecond;
        return ticks > uint.MaxValue ? uint.MaxValue : (uint)ticks;
    }

    private static void Header(NetlinkWriter writer, int device, uint handle, uint parent)
    {
        Span<byte> header = writer.Raw(HeaderSize);
        MemoryMarshal.Write(header[4..], in device);
        MemoryMarshal.Write(header[8..], in handle);
        MemoryMarshal.Write(header[12..], in parent);
    }

    private static void RateSpec(Span<byte> spec, long bytesPerSecond)
    {
        spec[0] = CellLog;
        spec[1] = LinkLayerEthernet;
        short align = -1;
        MemoryMarshal.Write(spec[4..], in align);
        WriteHost(spec, 8, (uint)Math.Min(bytesPerSecond, uint.MaxValue));
    }

    private static void RateTable(Span<byte> table, long bytesPerSecond)
    {
        for (int i = 0; i < 256; i++) WriteHost(table, 4 * i, Ticks((i + 1) << CellLog, bytesPerSecond));
    }

    private static void WriteHost(Span<byte> destination, int offset, uint value) => MemoryMarshal.Write(destination[offset..], in value);
}

/// <summary>Rates of an HTB class.</summary>
/// <param name="RateBytes">Octets per second it always gets.</param>
/// <param name="CeilBytes">Octets per second it may borrow up to.</param>
/// <param name="BurstBytes">Octets that may pass at once.</param>
/// <param name="QuantumBytes">Octets per turn when it competes.</param>
public readonly record struct HtbShape(long RateBytes, long CeilBytes, int BurstBytes, int QuantumBytes);
