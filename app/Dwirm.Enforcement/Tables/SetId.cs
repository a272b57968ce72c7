namespace Dwirm.Enforcement.Tables;

/// <summary>Every set and map of the two tables; the order is the order they are made in, and elements are sorted by it.</summary>
internal enum SetId : byte
{
    None = 0,

    // table inet
    Lan,
    Uplink,
    Isolated,
    Full,
    Wan4,
    Hairpin,
    Base,
    Discovery,
    Posture,
    Dev,
    Bind4,
    Bind6,
    Own4,
    Own6,
    Device6,
    Net6,
    Live,
    Whole,
    C4,
    C4Range,
    C6,
    C6Range,
    P4,
    P4Range,
    P6,
    P6Range,
    Forward4,
    Forward4Range,
    Police,
    PoliceInput,
    Violations,
    Violations6,
    LogBudget,
    Dns,
    DnsForeign,
    DnsAllowed,
    DnsBlocked,
    DnsPort,
    DnsBudget,
    Observed,
    LearnBudget,

    // table bridge
    L2Port,
    L2Dev,
    L2Class,
    L2Managed,
    L2Bind4,
    L2Bind6,
    L2NdOwn,
    L2NdHeld,
    L2Own4,
    L2Own6,
    L2Net6,
    L2Provide,
    L2ProvideRange,
    L2Consume,
    L2ConsumeRange,
    L2Provide6,
    L2Provide6Range,
    L2Consume6,
    L2Consume6Range,
    L2Up,
    L2Down,
    L2Seen,
    L2Seen6,
    L2LearnBudget,
    L2LogBudget,

    Count,
}

/// <summary>Fields a set's key is made of, in its order.</summary>
internal enum KeyPart : byte
{
    IfName,
    Ether,
    Source4,
    Destination4,
    Ip6,
    NdTarget,
    Protocol,
    Port,
    Icmpv6Type,
    Direction,
    Mark,
}

/// <summary>What a map gives for a key.</summary>
internal enum DataKind : byte
{
    None,
    Verdict,
    Mark,
    Class,
    Address,
    AddressPort,
}
