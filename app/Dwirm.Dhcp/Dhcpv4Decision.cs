using Dwirm.Dhcp.Options;
using Dwirm.Wire;

namespace Dwirm.Dhcp;

/// <summary>What the server does with a message.</summary>
public enum Dhcpv4Action : byte
{
    /// <summary>Nothing; the reason is in <see cref="Dhcpv4Decision.Reason"/>.</summary>
    Ignore = 0,

    /// <summary>Sends DHCPOFFER.</summary>
    Offer,

    /// <summary>Sends DHCPACK to a DHCPREQUEST.</summary>
    Ack,

    /// <summary>Sends DHCPNAK.</summary>
    Nak,

    /// <summary>Sends DHCPACK to a DHCPINFORM: parameters without a lease.</summary>
    InformAck,

    /// <summary>Frees the lease; sends nothing.</summary>
    Released,

    /// <summary>Lets the address rest; sends nothing.</summary>
    Declined,
}

/// <summary>Why a message got no answer. Each has a counter.</summary>
public enum IgnoreReason : byte
{
    /// <summary>It got one.</summary>
    None = 0,

    /// <summary>op is not BOOTREQUEST.</summary>
    NotARequest,

    /// <summary>No option 53, and no reserved address: BOOTP clients are served what was reserved for them.</summary>
    Bootp,

    /// <summary>A message type that clients do not send to servers, or that nobody knows.</summary>
    UnknownMessageType,

    /// <summary>It came in on a network that is not configured.</summary>
    UnknownNetwork,

    /// <summary>Relayed from a link that no network here describes.</summary>
    Relayed,

    /// <summary>No Ethernet address and no client identifier, or an identifier above 255 octets.</summary>
    NoClientIdentity,

    /// <summary>The administrator said so for this host.</summary>
    HostIgnored,

    /// <summary>It is meant for another server (option 54).</summary>
    OtherServer,

    /// <summary>A field or option that this message must have is missing, or has no sense here.</summary>
    Incomplete,

    /// <summary>No record of the client, and another server may have one (RFC 2131 section 4.3.2).</summary>
    UnknownClient,

    /// <summary>No address is left, or only named clients are served.</summary>
    NoAddress,

    /// <summary>The lease table is full and holds nothing that could be forgotten.</summary>
    TableFull,

    /// <summary>A release, decline or inform for an address that is not the client's.</summary>
    NotTheirAddress,

    /// <summary>The address it will be offered is being probed; the answer comes by itself.</summary>
    Probing,

    /// <summary>One hardware address under too many client identifiers.</summary>
    TooManyIdentities,

    /// <summary>More new clients than the network takes on in this time.</summary>
    TooManyNewClients,
}

/// <summary>What was decided about one message; the caller records, enforces and replies, in this order.</summary>
public readonly record struct Dhcpv4Decision
{
    /// <summary>What to do.</summary>
    public Dhcpv4Action Action { get; init; }

    /// <summary>Why nothing is done, when nothing is done.</summary>
    public IgnoreReason Reason { get; init; }

    /// <summary>The lease the message is about; null for NAK, INFORM and what is ignored.</summary>
    public Lease? Lease { get; init; }

    /// <summary>A durable change (Bound, Free, Declined) that has to be recorded before anything is sent; every Ack has one.</summary>
    public Lease? Changed { get; init; }

    /// <summary>
    /// A binding that ended through this decision, as Free: the client's former address, or the former holder of a reserved address that moved
    /// to another card of the same host. Record it before <see cref="Changed"/>, which may be about the same address.
    /// </summary>
    public Lease? Ended { get; init; }

    /// <summary>The network it was decided on; null when the message was ignored before that was known.</summary>
    public Dhcpv4NetworkConfig? Network { get; init; }

    /// <summary>Our address towards the client: option 54 of the reply.</summary>
    public Ipv4Address ServerId { get; init; }

    /// <summary>Lease time of the reply in seconds; <see cref="long.MaxValue"/> is infinite.</summary>
    public long LeaseSeconds { get; init; }

    /// <summary>The host's configured name, or empty: option 12 of the reply.</summary>
    public string? StaticName { get; init; }

    /// <summary>The client's own tags, by which options are chosen.</summary>
    public TagSet Tags { get; init; }

    /// <summary>Tags of the range its address is from.</summary>
    public TagSet RangeTags { get; init; }

    /// <summary>True when the reply is broadcast whatever the client says.</summary>
    public bool Broadcast { get; init; }

    /// <summary>True when the client asked by BOOTP: the reply has neither a message type nor times.</summary>
    public bool IsBootp { get; init; }

    /// <summary>True when an ACK answers a DISCOVER (RFC 4039).</summary>
    public bool IsRapid { get; init; }

    /// <summary>True when the offered address has to be probed, and the client be answered after that.</summary>
    public bool NeedsProbe { get; init; }

    internal Options.OptionTable? Options { get; init; }
}
