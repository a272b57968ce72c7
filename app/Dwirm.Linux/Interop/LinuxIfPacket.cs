using System.Runtime.InteropServices;

namespace Dwirm.Linux.Interop;

/// <summary>linux/if_packet.h, linux/if_ether.h and linux/filter.h</summary>
[CHeader("sys/socket.h linux/if_packet.h linux/if_ether.h linux/filter.h")]
internal static class LinuxIfPacket
{
    public const int SOL_PACKET = 263;
    public const int PACKET_AUXDATA = 8;
    public const int TP_STATUS_CSUMNOTREADY = 8;
    public const int ETH_P_IP = 0x0800;
    public const int ETH_P_ARP = 0x0806;
    public const int PACKET_MULTICAST = 2;

    public const int BPF_LD = 0x00;
    public const int BPF_LDX = 0x01;
    public const int BPF_JMP = 0x05;
    public const int BPF_RET = 0x06;
    public const int BPF_H = 0x08;
    public const int BPF_B = 0x10;
    public const int BPF_ABS = 0x20;
    public const int BPF_IND = 0x40;
    public const int BPF_MSH = 0xa0;
    public const int BPF_JEQ = 0x10;
    public const int BPF_JSET = 0x40;
    public const int BPF_K = 0x00;
}

/// <summary>struct sockaddr_ll; the protocol in network order.</summary>
[CHeader("linux/if_packet.h", Struct = "struct sockaddr_ll")]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct LinkAddress
{
    public ushort sll_family;
    public ushort sll_protocol;
    public int sll_ifindex;
    public ushort sll_hatype;
    public byte sll_pkttype;
    public byte sll_halen;
    public fixed byte sll_addr[8];
}

/// <summary>struct tpacket_auxdata: what the kernel knows of a packet beside its octets.</summary>
[CHeader("linux/if_packet.h", Struct = "struct tpacket_auxdata")]
[StructLayout(LayoutKind.Sequential)]
internal struct PacketAuxData
{
    public uint tp_status;
    public uint tp_len;
    public uint tp_snaplen;
    public ushort tp_mac;
    public ushort tp_net;
    public ushort tp_vlan_tci;
    public ushort tp_vlan_tpid;
}

/// <summary>struct sock_filter: one instruction of a classic BPF program.</summary>
[CHeader("linux/filter.h", Struct = "struct sock_filter")]
[StructLayout(LayoutKind.Sequential)]
internal struct FilterInstruction
{
    public ushort code;
    public byte jt;
    public byte jf;
    public uint k;
}

/// <summary>struct sock_fprog</summary>
[CHeader("linux/filter.h", Struct = "struct sock_fprog")]
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FilterProgram
{
    public ushort len;
    public FilterInstruction* filter;
}
