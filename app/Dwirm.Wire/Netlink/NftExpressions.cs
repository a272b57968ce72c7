using System;
using System.Runtime.InteropServices;

namespace Dwirm.Wire.Netlink;

/// <summary>Keys of the <c>meta</c> expression.</summary>
public enum NftMeta : uint
{
    /// <summary>Ethertype, network order.</summary>
    Protocol = 1,

    /// <summary>skb priority, host order: the traffic class.</summary>
    Priority = 2,

    /// <summary>Packet mark, host order.</summary>
    Mark = 3,

    /// <summary>Name of the incoming interface, 16 octets.</summary>
    IifName = 6,

    /// <summary>Name of the outgoing interface, 16 octets.</summary>
    OifName = 7,

    /// <summary>Hardware type of the incoming interface, 16 bits in host order.</summary>
    IifType = 8,

    /// <summary>Netfilter family, one octet.</summary>
    NfProtocol = 15,

    /// <summary>Transport protocol, one octet.</summary>
    L4Protocol = 16,

    /// <summary>Unicast, broadcast or multicast, one octet.</summary>
    PacketType = 19,
}

/// <summary>Keys of the <c>ct</c> expression.</summary>
public enum NftCt : uint
{
    /// <summary>State bits, host order.</summary>
    State = 0,

    /// <summary>0 original, 1 reply, one octet.</summary>
    Direction = 1,

    /// <summary>Status bits, host order.</summary>
    Status = 2,

    /// <summary>Connection mark, host order.</summary>
    Mark = 3,

    /// <summary>IPv4 destination of a direction's tuple.</summary>
    DestinationIp = 20,
}

/// <summary>Headers the <c>payload</c> expression counts from.</summary>
public enum NftBase : uint
{
    /// <summary>Link layer.</summary>
    Link = 0,

    /// <summary>IP or ARP.</summary>
    Network = 1,

    /// <summary>TCP, UDP, ICMP.</summary>
    Transport = 2,
}

/// <summary>
/// nf_tables expressions. Registers are given in units of four octets, 0 to 15 (NFT_REG32_00 and up): a concatenation is its fields in
/// neighbouring registers.
/// </summary>
public static class NftExpressions
{
    private const ushort NFTA_LIST_ELEM = 1, NFTA_EXPR_NAME = 1, NFTA_EXPR_DATA = 2, NFTA_DATA_VALUE = 1;
    private const uint RegisterVerdict = 0, Register32 = 8;
    private const uint CounterObject = 1, DynsetUpdate = 1, InvertFlag = 1;
    private const uint FibAddressType = 3, FibDestination = 2, DnatType = 1;

    /// <summary><c>meta</c> into a register.</summary>
    public static void Meta(this NetlinkWriter writer, NftMeta key, int register)
    {
        using var scope = writer.Expression("meta");
        writer.PutU32Be(2, (uint)key);
        writer.PutU32Be(1, Reg(register));
    }

    /// <summary>A register into <c>meta</c>.</summary>
    public static void MetaSet(this NetlinkWriter writer, NftMeta key, int register)
    {
        using var scope = writer.Expression("meta");
        writer.PutU32Be(2, (uint)key);
        writer.PutU32Be(3, Reg(register));
    }

    /// <summary><c>ct</c> into a register; <paramref name="direction"/> is 0 or 1 for keys that have one.</summary>
    public static void Ct(this NetlinkWriter writer, NftCt key, int register, int direction = -1)
    {
        using var scope = writer.Expression("ct");
        writer.PutU32Be(2, (uint)key);
        writer.PutU32Be(1, Reg(register));
        if (direction >= 0) writer.PutU8(3, (byte)direction);
    }

    /// <summary>A register into <c>ct</c>.</summary>
    public static void CtSet(this NetlinkWriter writer, NftCt key, int register)
    {
        using var scope = writer.Expression("ct");
        writer.PutU32Be(2, (uint)key);
        writer.PutU32Be(4, Reg(register));
    }

    /// <summary>Octets of the packet into a register.</summary>
    public static void Payload(this NetlinkWriter writer, NftBase header, int offset, int length, int register)
    {
        using var scope = writer.Expression("payload");
        writer.PutU32Be(1, Reg(register));
        writer.PutU32Be(2, (uint)header);
        writer.PutU32Be(3, (uint)offset);
        writer.PutU32Be(4, (uint)length);
    }

    /// <summary>Type of the destination address in the routing table into a register.</summary>
    public static void FibDestinationType(this NetlinkWriter writer, int register)
    {
        using var scope = writer.Expression("fib");
        writer.PutU32Be(3, FibDestination);
        writer.PutU32Be(2, FibAddressType);
        writer.PutU32Be(1, Reg(register));
    }

    /// <summary>Goes on when the register equals the octets, or when it does not.</summary>
    public static void Cmp(this NetlinkWriter writer, int register, bool equal, ReadOnlySpan<byte> value)
    {
        using var scope = writer.Expression("cmp");
        writer.PutU32Be(1, Reg(register));
        writer.PutU32Be(2, equal ? 0u : 1u);
        using (writer.Nest(3)) writer.PutBytes(NFTA_DATA_VALUE, value);
    }

    /// <summary>register = (register &amp; mask) ^ xor, octet by octet; the two are of one length.</summary>
    public static void Bitwise(this NetlinkWriter writer, int register, ReadOnlySpan<byte> mask, ReadOnlySpan<byte> xor)
    {
        using var scope = writer.Expression("bitwise");
        writer.PutU32Be(1, Reg(register));
        writer.PutU32Be(2, Reg(register));
        writer.PutU32Be(3, (uint)mask.Length);
        writer.PutU32Be(6, 0);
        using (writer.Nest(4)) writer.PutBytes(NFTA_DATA_VALUE, mask);
        using (writer.Nest(5)) writer.PutBytes(NFTA_DATA_VALUE, xor);
    }

    /// <summary>Goes on when the register's key is in the set, or with <paramref name="invert"/> when it is not.</summary>
    public static void Lookup(this NetlinkWriter writer, string set, uint setId, int register, bool invert = false)
    {
        using var scope = writer.Expression("lookup");
        writer.PutU32Be(2, Reg(register));
        writer.PutStringZ(1, set);
        if (setId != 0) writer.PutU32Be(4, setId);
        if (invert) writer.PutU32Be(5, InvertFlag);
    }

    /// <summary>The map's data for the register's key into a register; goes on only when there is any.</summary>
    public static void LookupMap(this NetlinkWriter writer, string map, uint setId, int register, int destination)
    {
        using var scope = writer.Expression("lookup");
        writer.PutU32Be(2, Reg(register));
        writer.PutU32Be(3, Reg(destination));
        writer.PutStringZ(1, map);
        if (setId != 0) writer.PutU32Be(4, setId);
    }

    /// <summary>The verdict map's verdict for the register's key.</summary>
    public static void LookupVerdict(this NetlinkWriter writer, string map, uint setId, int register)
    {
        using var scope = writer.Expression("lookup");
        writer.PutU32Be(2, Reg(register));
        writer.PutU32Be(3, RegisterVerdict);
        writer.PutStringZ(1, map);
        if (setId != 0) writer.PutU32Be(4, setId);
    }

    /// <summary>A verdict.</summary>
    public static void Verdict(this NetlinkWriter writer, NftVerdict verdict, string? chain = null)
    {
        using var scope = writer.Expression("immediate");
        writer.PutU32Be(1, RegisterVerdict);
        using (writer.Nest(2)) writer.PutVerdict(verdict, chain);
    }

    /// <summary>Puts the register's key into a dynamic set or refreshes it; goes on only when that worked.</summary>
    public static void UpdateSet(this NetlinkWriter writer, string set, uint setId, int register)
    {
        using var scope = writer.Expression("dynset");
        UpdateBody(writer, set, setId, register);
    }

    /// <summary>As <see cref="UpdateSet"/>; each element lets so many packets a second go on.</summary>
    public static void UpdateSetLimited(this NetlinkWriter writer, string set, uint setId, int register, uint perSecond, uint burst)
    {
        using var scope = writer.Expression("dynset");
        UpdateBody(writer, set, setId, register);
        using (writer.Nest(7))
        {
            writer.PutStringZ(NFTA_EXPR_NAME, "limit");
            using (writer.Nest(NFTA_EXPR_DATA)) PutLimit(writer, perSecond, burst);
        }
    }

    /// <summary>Goes on for this many packets a second.</summary>
    public static void Limit(this NetlinkWriter writer, uint perSecond, uint burst)
    {
        using var scope = writer.Expression("limit");
        PutLimit(writer, perSecond, burst);
    }

    /// <summary>Sends the packet's first octets to a log group.</summary>
    public static void LogGroup(this NetlinkWriter writer, string prefix, ushort group, uint snapLength)
    {
        using var scope = writer.Expression("log");
        writer.PutStringZ(2, prefix);
        writer.PutU16Be(1, group);
        writer.PutU32Be(3, snapLength);
    }

    /// <summary>Counts into a named counter.</summary>
    public static void CounterReference(this NetlinkWriter writer, string name)
    {
        using var scope = writer.Expression("objref");
        writer.PutU32Be(1, CounterObject);
        writer.PutStringZ(2, name);
    }

    /// <summary>Changes the IPv4 destination to the address in a register, and the port to another where that is not -1.</summary>
    public static void DnatIpv4(this NetlinkWriter writer, int addressRegister, int portRegister)
    {
        using var scope = writer.Expression("nat");
        writer.PutU32Be(1, DnatType);
        writer.PutU32Be(2, (uint)NfFamily.Ipv4);
        writer.PutU32Be(3, Reg(addressRegister));
        if (portRegister >= 0) writer.PutU32Be(5, Reg(portRegister));
    }

    /// <summary>Turns a number of four octets in a register from host into network order.</summary>
    public static void ToNetworkOrder(this NetlinkWriter writer, int register)
    {
        const uint HostToNetwork = 1;
        using var scope = writer.Expression("byteorder");
        writer.PutU32Be(1, Reg(register));
        writer.PutU32Be(2, Reg(register));
        writer.PutU32Be(3, HostToNetwork);
        writer.PutU32Be(4, 4);
        writer.PutU32Be(5, 4);
    }

    /// <summary>Puts a constant into a register.</summary>
    public static void Immediate(this NetlinkWriter writer, int register, ReadOnlySpan<byte> value)
    {
        using var scope = writer.Expression("immediate");
        writer.PutU32Be(1, Reg(register));
        using (writer.Nest(2)) writer.PutBytes(NFTA_DATA_VALUE, value);
    }

    /// <summary>Changes the destination to the router itself, at the port in a register; for both families.</summary>
    public static void Redirect(this NetlinkWriter writer, int portRegister)
    {
        const uint ProtocolSpecified = 2;
        using var scope = writer.Expression("redir");
        writer.PutU32Be(1, Reg(portRegister));
        writer.PutU32Be(3, ProtocolSpecified);
    }

    /// <summary>Changes the source to the outgoing interface's address.</summary>
    public static void Masquerade(this NetlinkWriter writer)
    {
        using var scope = writer.Expression("masq");
    }

    internal static void LimitOverBody(this NetlinkWriter writer, ulong bytesPerSecond, uint burstBytes)
    {
        const uint OctetsNotPackets = 1;
        writer.PutStringZ(NFTA_EXPR_NAME, "limit");
        using (writer.Nest(NFTA_EXPR_DATA))
        {
            writer.PutU64Be(1, bytesPerSecond);
            writer.PutU64Be(2, 1);
            writer.PutU32Be(3, burstBytes);
            writer.PutU32Be(4, OctetsNotPackets);
            writer.PutU32Be(5, InvertFlag);
        }
    }

    internal static void CounterBody(this NetlinkWriter writer, ulong packets = 0, ulong bytes = 0)
    {
        const ushort NFTA_COUNTER_BYTES = 1, NFTA_COUNTER_PACKETS = 2;
        writer.PutStringZ(NFTA_EXPR_NAME, "counter");
        using (writer.Nest(NFTA_EXPR_DATA))
        {
            if (packets == 0) return;
            writer.PutU64Be(NFTA_COUNTER_BYTES, bytes);
            writer.PutU64Be(NFTA_COUNTER_PACKETS, packets);
        }
    }

    private static void UpdateBody(NetlinkWriter writer, string set, uint setId, int register)
    {
        writer.PutU32Be(4, Reg(register));
        writer.PutU32Be(3, DynsetUpdate);
        writer.PutStringZ(1, set);
        if (setId != 0) writer.PutU32Be(2, setId);
    }

    private static ExpressionScope Expression(this NetlinkWriter writer, string name)
    {
        NetlinkWriter.NestScope element = writer.Nest(NFTA_LIST_ELEM);
        writer.PutStringZ(NFTA_EXPR_NAME, name);
        return new ExpressionScope(element, writer.Nest(NFTA_EXPR_DATA));
    }

    private static void PutLimit(NetlinkWriter writer, uint perSecond, uint burst)
    {
        writer.PutU64Be(1, perSecond);
        writer.PutU64Be(2, 1);
        writer.PutU32Be(3, burst);
        writer.PutU32Be(4, 0);
        writer.PutU32Be(5, 0);
    }

    private static uint Reg(int register) => Register32 + (uint)register;

    [StructLayout(LayoutKind.Auto)]
    private readonly struct ExpressionScope(NetlinkWriter.NestScope element, NetlinkWriter.NestScope data) : IDisposable
    {
        public void Dispose()
        {
            data.Dispose();
            element.Dispose();
        }
    }
}
