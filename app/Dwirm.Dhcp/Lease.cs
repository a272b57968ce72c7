using Dwirm.Wire;

namespace Dwirm.Dhcp;

/// <summary>How far a lease has come.</summary>
public enum LeaseState : byte
{
    /// <summary>Offered, held for a short time, not durable.</summary>
    Offered = 0,

    /// <summary>Acknowledged.</summary>
    Bound = 1,

    /// <summary>Released or expired; remembered so that the client gets the same address again.</summary>
    Free = 2,

    /// <summary>Found in use by someone else (DHCPDECLINE); rests until it expires.</summary>
    Declined = 3,
}

/// <summary>A binding of an address to a client (RFC 2131 section 2.2). Immutable; the table holds the newest per address.</summary>
public sealed record Lease
{
    /// <summary>Logical network.</summary>
    public required string Network { get; init; }

    /// <summary>The address.</summary>
    public required Ipv4Address Address { get; init; }

    /// <summary>Hardware address (chaddr).</summary>
    public required MacAddress Mac { get; init; }

    /// <summary>Client identifier (option 61) as lower-case hexadecimal; empty when the client sent none.</summary>
    public string ClientId { get; init; } = "";

    /// <summary>Host name, a valid label or empty: the static host's, else the client's wish.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>State.</summary>
    public required LeaseState State { get; init; }

    /// <summary>End of the state in monotonic milliseconds; <see cref="long.MaxValue"/> for an infinite lease.</summary>
    public required long ExpiresMs { get; init; }
}
