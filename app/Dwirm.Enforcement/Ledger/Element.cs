using System;
using Dwirm.Enforcement.Tables;
using Dwirm.Wire;

namespace Dwirm.Enforcement.Ledger;

/// <summary>
/// One element of one set, as it is wanted or as the kernel has it. Packed so that thousands cost little: sixteen octets and four numbers.
/// </summary>
/// <param name="Head">Set, protocol (or ICMPv6 type), interface number, first and last port.</param>
/// <param name="Mac">
/// Hardware address, or direction and mark; the highest octet says how many low bits of an IPv6 address are free where it stands for a range.
/// </param>
/// <param name="Address">An IPv6 address, or four IPv4 addresses: source from, source to, destination from, destination to.</param>
/// <param name="Data">What a map gives; for sets of rates, octets per second.</param>
/// <param name="Deadline">Monotonic milliseconds at which the kernel lets it expire by itself, 0 for never.</param>
internal readonly record struct Element(ulong Head, ulong Mac, UInt128 Address, ulong Data, long Deadline) : IComparable<Element>
{
    /// <summary>Deadlines closer than this are the same: they are computed anew from clocks that are read anew.</summary>
    private const long SameDeadlineMs = 1500;

    public SetId Set => (SetId)(Head >> 56);

    public byte Protocol => (byte)(Head >> 48);

    public int Interface => (ushort)(Head >> 32);

    public ushort PortLow => (ushort)(Head >> 16);

    public ushort PortHigh => (ushort)Head;

    public uint SourceLow => (uint)(Address >> 96);

    public uint SourceHigh => (uint)(Address >> 64);

    public uint DestinationLow => (uint)(Address >> 32);

    public uint DestinationHigh => (uint)Address;

    public MacAddress Ether => new(Mac & 0xffff_ffff_ffff);

    public uint Direction => (uint)(Mac >> 32) & 1;

    public uint Mark => (uint)Mac;

    public int FreeBits => (int)(Mac >> 56);

    /// <summary>The last IPv6 address of the range.</summary>
    public UInt128 AddressEnd => FreeBits >= 128 ? UInt128.MaxValue : Address | ((UInt128.One << FreeBits) - 1);

    public static ulong HeadOf(SetId set, int protocol = 0, int iface = 0, ushort portLow = 0, ushort portHigh = 0) =>
        ((ulong)set << 56) | ((ulong)(byte)protocol << 48) | ((ulong)(ushort)iface << 32) | ((ulong)portLow << 16) | portHigh;

    /// <summary>What <see cref="Mac"/> holds for a key whose IPv6 address is a range.</summary>
    public static ulong WithFreeBits(ulong mac, int freeBits) => mac | ((ulong)freeBits << 56);

    public static UInt128 AddressOf(uint sourceLow, uint sourceHigh, uint destinationLow, uint destinationHigh) =>
        new(((ulong)sourceLow << 32) | sourceHigh, ((ulong)destinationLow << 32) | destinationHigh);

    public static UInt128 SourceOf(Ipv4Address address) => AddressOf(address.Value, address.Value, 0, 0);

    public static UInt128 DestinationOf(Ipv4Address address) => AddressOf(0, 0, address.Value, address.Value);

    /// <summary>Orders by key alone; elements of one set stand together.</summary>
    public int CompareTo(Element other)
    {
        int order = Head.CompareTo(other.Head);
        if (order == 0) order = Mac.CompareTo(other.Mac);
        return order == 0 ? Address.CompareTo(other.Address) : order;
    }

    /// <summary>True when the kernel need not be told: <paramref name="other"/>, of the same key, gives the same and ends at the same time.</summary>
    public bool SameValue(in Element other) =>
        Math.Abs(Deadline - other.Deadline) < SameDeadlineMs
        && (Deadline == 0) == (other.Deadline == 0)
        && (Data == other.Data || !(Sets.Get(Set).IsMap || Sets.Get(Set).Limit));
}
