using System.Collections.Generic;
using Dwirm.Dhcp.Options;
using Dwirm.Wire;

namespace Dwirm.Dhcp;

/// <summary>A client the administrator named (<c>config host</c>): its address is given to it alone.</summary>
public sealed record Dhcpv4Host
{
    /// <summary>Hardware addresses; several are one device on several cards, of which one is in use at a time.</summary>
    public IReadOnlyList<MacAddress> Macs { get; init; } = [];

    /// <summary>Hardware addresses with open octets; asked after everything that names one client.</summary>
    public IReadOnlyList<MacPattern> Patterns { get; init; } = [];

    /// <summary>Client identifier (option 61) in hexadecimal, or empty.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>
    /// Host name, or empty. For a host with neither hardware address nor client identifier it is also what the client is known by, through
    /// the name the client sends.
    /// </summary>
    public string Name { get; init; } = "";

    /// <summary>The reserved address; null when the client takes one from the pool.</summary>
    public Ipv4Address? Address { get; init; }

    /// <summary>True when this client gets no answer at all.</summary>
    public bool Ignore { get; init; }

    /// <summary>Lease time in seconds, <see cref="long.MaxValue"/> for infinite; null for the network's.</summary>
    public long? LeaseSeconds { get; init; }

    /// <summary>Tags the client must have for this entry to be its own (<c>match_tag</c>).</summary>
    public TagCondition Condition { get; init; }

    /// <summary>Tags this entry gives its client (<c>tag</c>, <c>networkid</c>).</summary>
    public TagSet Gives { get; init; }

    /// <summary>True when answers to the client are broadcast whatever it says (<c>broadcast</c>).</summary>
    public bool Broadcast { get; init; }
}
