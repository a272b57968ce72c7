using System.Runtime.InteropServices;

namespace Dwirm.Wire.Netlink;

/// <summary>Questions whose only purpose is the kernel's answer: nothing is changed by them.</summary>
public static class ProbeMessages
{
    private const int ConntrackSubsystem = 1;
    private const byte IPCTNL_MSG_CT_GET_STATS = 5;
    private const ushort TCA_FQ_CODEL_FLOWS = 5;

    /// <summary>
    /// Asks for a queueing discipline with options that every kernel which knows it refuses with EINVAL; one that does not know it says
    /// ENOENT before it looks at them.
    /// </summary>
    /// <param name="writer">Takes the message.</param>
    /// <param name="sequence">Its sequence number.</param>
    /// <param name="device">Index of a device; nothing is put on it.</param>
    /// <param name="kind"><c>htb</c>, which cannot be without options, or <c>fq_codel</c>, which cannot have no flows.</param>
    public static void ProbeQdisc(this NetlinkWriter writer, uint sequence, int device, string kind)
    {
        const NetlinkFlags Flags = NetlinkFlags.Request | NetlinkFlags.Ack | NetlinkFlags.Create | NetlinkFlags.Excl;
        using (writer.Message(TcMessages.NewQdisc, Flags, sequence))
        {
            System.Span<byte> header = writer.Raw(TcMessages.HeaderSize);
            uint handle = TcMessages.Handle(0x7ff0, 0), parent = TcMessages.Root;
            MemoryMarshal.Write(header[4..], in device);
            MemoryMarshal.Write(header[8..], in handle);
            MemoryMarshal.Write(header[12..], in parent);
            writer.PutStringZ(TcMessages.Kind, kind);
            if (kind != "fq_codel") return;
            using (writer.Nest(TcMessages.Options)) writer.PutU32Host(TCA_FQ_CODEL_FLOWS, 0);
        }
    }

    /// <summary>Asks how many connections are tracked, which a kernel without conntrack's netlink family cannot say.</summary>
    public static void GetConntrackStatistics(this NetlinkWriter writer, uint sequence)
    {
        using (writer.Message((ConntrackSubsystem << 8) | IPCTNL_MSG_CT_GET_STATS, NetlinkFlags.Request | NetlinkFlags.Ack, sequence))
            writer.NfGenMessage(NfFamily.Unspecified);
    }
}
