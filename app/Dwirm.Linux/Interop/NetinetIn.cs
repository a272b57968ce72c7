using System.Runtime.InteropServices;

namespace Dwirm.Linux.Interop;

/// <summary>netinet/in.h; multi-octet fields are in network order where the comment says so.</summary>
[CHeader("netinet/in.h")]
internal static class NetinetIn
{
    public const int IPPROTO_IP = 0;
    public const int IPPROTO_UDP = 17;
    public const int IP_PKTINFO = 8;
    public const int IP_MTU_DISCOVER = 10;
    public const int IP_PMTUDISC_DONT = 0;
}

/// <summary>struct sockaddr_in; port and address in network order.</summary>
[CHeader("netinet/in.h", Struct = "struct sockaddr_in")]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct InetAddress
{
    public ushort sin_family;
    public ushort sin_port;
    public uint sin_addr;
    public fixed byte sin_zero[8];
}

/// <summary>struct in_pktinfo; addresses in network order.</summary>
[CHeader("netinet/in.h", Struct = "struct in_pktinfo")]
[StructLayout(LayoutKind.Sequential)]
internal struct PacketInfo
{
    public int ipi_ifindex;
    public uint ipi_spec_dst;
    public uint ipi_addr;
}
