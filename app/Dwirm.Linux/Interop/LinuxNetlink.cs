using System.Runtime.InteropServices;

namespace Dwirm.Linux.Interop;

/// <summary>linux/netlink.h, the socket's part of it; messages are the business of Dwirm.Wire.</summary>
[CHeader("sys/socket.h linux/netlink.h")]
internal static class LinuxNetlink
{
    public const int SOL_NETLINK = 270;
    public const int NETLINK_ROUTE = 0;
    public const int NETLINK_NETFILTER = 12;
    public const int NETLINK_CAP_ACK = 10;
    public const int NETLINK_EXT_ACK = 11;
    public const int NETLINK_GET_STRICT_CHK = 12;
}

/// <summary>struct sockaddr_nl</summary>
[CHeader("sys/socket.h linux/netlink.h", Struct = "struct sockaddr_nl")]
[StructLayout(LayoutKind.Sequential)]
internal struct NetlinkAddress
{
    public ushort nl_family;
    public ushort nl_pad;
    public uint nl_pid;
    public uint nl_groups;
}
