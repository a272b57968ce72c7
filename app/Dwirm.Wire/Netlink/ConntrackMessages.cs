namespace Dwirm.Wire.Netlink;

/// <summary>Connection tracking over nfnetlink (linux/netfilter/nfnetlink_conntrack.h).</summary>
public static class ConntrackMessages
{
    private const int Subsystem = 1;
    private const int DeleteMessage = 2;
    private const ushort CTA_MARK = 8, CTA_MARK_MASK = 21;

    /// <summary>The netlink message type of IPCTNL_MSG_CT_DELETE.</summary>
    public const ushort Delete = (Subsystem << 8) | DeleteMessage;

    /// <summary>Deletes every entry, IPv4 and IPv6, whose mark under <paramref name="mask"/> is <paramref name="mark"/>; the kernel walks the table itself, and does not mask <paramref name="mark"/>.</summary>
    public static void DeleteByMark(this NetlinkWriter writer, uint sequence, uint mark, uint mask)
    {
        using (writer.Message(Delete, NetlinkFlags.Request | NetlinkFlags.Ack, sequence))
        {
            writer.NfGenMessage(NfFamily.Unspecified);
            writer.PutU32Be(CTA_MARK, mark);
            writer.PutU32Be(CTA_MARK_MASK, mask);
        }
    }
}
