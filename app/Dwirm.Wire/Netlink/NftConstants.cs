namespace Dwirm.Wire.Netlink;

/// <summary>nf_tables message types, without the subsystem octet (linux/netfilter/nf_tables.h).</summary>
public enum NftMessage : byte
{
    /// <summary>NFT_MSG_NEWTABLE.</summary>
    NewTable = 0,

    /// <summary>NFT_MSG_GETTABLE.</summary>
    GetTable = 1,

    /// <summary>NFT_MSG_DELTABLE.</summary>
    DeleteTable = 2,

    /// <summary>NFT_MSG_NEWCHAIN.</summary>
    NewChain = 3,

    /// <summary>NFT_MSG_NEWRULE.</summary>
    NewRule = 6,

    /// <summary>NFT_MSG_GETRULE.</summary>
    GetRule = 7,

    /// <summary>NFT_MSG_DELRULE.</summary>
    DeleteRule = 8,

    /// <summary>NFT_MSG_NEWSET.</summary>
    NewSet = 9,

    /// <summary>NFT_MSG_NEWSETELEM.</summary>
    NewElement = 12,

    /// <summary>NFT_MSG_GETSETELEM.</summary>
    GetElement = 13,

    /// <summary>NFT_MSG_DELSETELEM.</summary>
    DeleteElement = 14,

    /// <summary>NFT_MSG_NEWGEN.</summary>
    NewGeneration = 15,

    /// <summary>NFT_MSG_GETGEN.</summary>
    GetGeneration = 16,

    /// <summary>NFT_MSG_NEWOBJ.</summary>
    NewObject = 18,

    /// <summary>NFT_MSG_GETOBJ.</summary>
    GetObject = 19,

    /// <summary>NFT_MSG_NEWFLOWTABLE.</summary>
    NewFlowtable = 22,

    /// <summary>NFT_MSG_GETFLOWTABLE.</summary>
    GetFlowtable = 23,

    /// <summary>NFT_MSG_DELFLOWTABLE.</summary>
    DeleteFlowtable = 24,
}

/// <summary>Hooks of inet and bridge tables; both number them alike up to postrouting.</summary>
public enum NftHook : byte
{
    /// <summary>Before routing or bridging decides.</summary>
    Prerouting = 0,

    /// <summary>To this host.</summary>
    Input = 1,

    /// <summary>Through this host.</summary>
    Forward = 2,

    /// <summary>From this host.</summary>
    Output = 3,

    /// <summary>After routing.</summary>
    Postrouting = 4,
}

/// <summary>Flags of a set (NFT_SET_*).</summary>
[System.Flags]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711", Justification = "the kernel's word")]
public enum NftSetFlags : ushort
{
    /// <summary>A plain set of fixed kind.</summary>
    None = 0,

    /// <summary>Elements are ranges.</summary>
    Interval = 0x4,

    /// <summary>Elements carry data.</summary>
    Map = 0x8,

    /// <summary>Elements may time out.</summary>
    Timeout = 0x10,

    /// <summary>Rules may add elements.</summary>
    Dynamic = 0x20,

    /// <summary>Ranges over a concatenation of fields.</summary>
    Concatenation = 0x80,

    /// <summary>Each element has several expressions.</summary>
    Expressions = 0x100,
}

/// <summary>Names nft gives to the types of set keys: informational to the kernel, needed by those who list the set (enum datatypes of nft).</summary>
public static class NftType
{
    /// <summary>A number without a name.</summary>
    public const uint Integer = 4;

    /// <summary>IPv4 address.</summary>
    public const uint Ipv4 = 7;

    /// <summary>IPv6 address.</summary>
    public const uint Ipv6 = 8;

    /// <summary>Ethernet address.</summary>
    public const uint Ether = 9;

    /// <summary>IP protocol number.</summary>
    public const uint Protocol = 12;

    /// <summary>Port.</summary>
    public const uint Port = 13;

    /// <summary>Packet or connection mark.</summary>
    public const uint Mark = 19;

    /// <summary>Traffic class.</summary>
    public const uint ClassId = 23;

    /// <summary>Direction of a flow.</summary>
    public const uint Direction = 27;

    /// <summary>ICMPv6 type.</summary>
    public const uint Icmpv6Type = 29;

    /// <summary>Interface name.</summary>
    public const uint IfName = 41;

    /// <summary>Data type of verdict maps (NFT_DATA_VERDICT).</summary>
    public const uint Verdict = 0xffffff00;

    /// <summary>Adds a field to the right of a concatenation: six bits each.</summary>
    public static uint Join(uint left, uint right) => (left << 6) | right;
}

/// <summary>Verdicts a rule or a verdict map may give.</summary>
public enum NftVerdict
{
    /// <summary>NF_DROP.</summary>
    Drop = 0,

    /// <summary>NF_ACCEPT.</summary>
    Accept = 1,

    /// <summary>NFT_JUMP: comes back.</summary>
    Jump = -3,

    /// <summary>NFT_GOTO: does not come back.</summary>
    Goto = -4,
}

/// <summary>What to know of a set when it is made.</summary>
public readonly ref struct NftSet
{
    /// <summary>Name in its table.</summary>
    public required string Name { get; init; }

    /// <summary>Number within the transaction, not 0.</summary>
    public required uint Id { get; init; }

    /// <summary>Kind.</summary>
    public required NftSetFlags Flags { get; init; }

    /// <summary>nft's name of the key type.</summary>
    public required uint KeyType { get; init; }

    /// <summary>Octets of the key, fields padded to four each.</summary>
    public required int KeyLength { get; init; }

    /// <summary>nft's name of the data type, or <see cref="NftType.Verdict"/>; for maps.</summary>
    public uint DataType { get; init; }

    /// <summary>Octets of the data; 0 for verdicts.</summary>
    public int DataLength { get; init; }

    /// <summary>Length of each field in octets, for ranges over concatenations.</summary>
    public System.ReadOnlySpan<byte> FieldLengths { get; init; }

    /// <summary>Greatest number of elements, 0 for no limit.</summary>
    public uint Size { get; init; }

    /// <summary>Lifetime of an element in milliseconds when it has none of its own, 0 for ever.</summary>
    public ulong TimeoutMs { get; init; }

    /// <summary>True when each element counts packets and octets.</summary>
    public bool Counter { get; init; }

    /// <summary>When not 0, each element has a limit of its own; this is what one without would get, octets per second.</summary>
    public ulong LimitBytesPerSecond { get; init; }

    /// <summary>nft's notes on the set, as it writes them; empty for none.</summary>
    public System.ReadOnlySpan<byte> UserData { get; init; }
}
