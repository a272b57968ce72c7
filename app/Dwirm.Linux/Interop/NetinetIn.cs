using System.Runtime.InteropServices;

namespace Dwirm.Linux.Interop;

/// <summary>netinet/in.h; multi-octet fields are in network order where the comment says so.</summary>
[CHeader("netinet/in.h")]
internal static class NetinetIn
{
    public const int IPPROTO_IP = 0;
    public const int IPPROTO_TCP = 6;
    public const int IPPROTO_UDP = 17;
    public const int IPPROTO_IPV6 = 41;
    public const int IP_PKTINFO = 8;
    public const int IP_MTU_DISCOVER = 10;
    public const int IP_PMTUDISC_DONT = 0;
    public const int IPV6_V6ONLY = 26;
    public const int IPV6_RECVPKTINFO = 49;
    public const int IPV6_PKTINFO = 50;
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

/// <summary>struct sockaddr_in6; port and address in network order.</summary>
[CHeader("netinet/in.h", Struct = "struct sockaddr_in6")]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Inet6Address
{
    public ushort sin6_family;
    public ushort sin6_port;
    public uint sin6_flowinfo;
    public fixed byte sin6_addr[16];
    public uint sin6_scope_id;
}

/// <summary>struct in6_pktinfo; the address in network order.</summary>
[CHeader("netinet/in.h", Struct = "struct in6_pktinfo")]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct PacketInfo6
{
    public fixed byte ipi6_addr[16];
    public uint ipi6_ifindex;
}
