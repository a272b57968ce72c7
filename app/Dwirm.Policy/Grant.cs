using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using Dwirm.Policy.Profiles;
using Dwirm.Wire;

namespace Dwirm.Policy;

/// <summary>What a device may do: effective options with nothing left to fill in, so that what is enforced is what was answered (DWIRM-27).</summary>
public sealed record Grant
{
    /// <summary>Most services of one grant, 32 categories in each direction.</summary>
    public const int MaxServices = 64;

    /// <summary>Most services of one grant that have a rate: a device has 15 traffic classes.</summary>
    public const int MaxRatedServices = 15;

    /// <summary>Nothing at all.</summary>
    public static Grant Nothing { get; } = new();

    /// <summary>No restriction.</summary>
    public static Grant Unrestricted { get; } = new() { FullAccess = true };

    /// <summary>Services in the order of their ids. A service that reaches or offers nothing is not among them.</summary>
    public IReadOnlyList<GrantedService> Services { get; init; } = [];

    /// <summary>True when the device is not restricted; there are no services then.</summary>
    public bool FullAccess { get; init; }

    /// <summary>The service of a direction and category (case ignored), or null.</summary>
    public GrantedService? Find(ServiceDirection direction, string category)
    {
        foreach (GrantedService service in Services)
        {
            if (service.Direction == direction && service.Category.Equals(category, StringComparison.OrdinalIgnoreCase)) return service;
        }
        return null;
    }

    /// <summary>The grant as minified JSON, for the store; the same grant is the same text.</summary>
    public string ToJson() => GrantJson.Write(this);

    /// <summary>Reads <see cref="ToJson"/>; false for anything that is not a whole and sound grant, which then grants nothing.</summary>
    public static bool TryParse(string json, [NotNullWhen(true)] out Grant? grant) => GrantJson.TryRead(json, out grant);
}

/// <summary>Which devices of the house may use what a device provides.</summary>
public enum ServiceReach : byte
{
    /// <summary>Those of its own network.</summary>
    Network,

    /// <summary>Those of every network of the house.</summary>
    House,
}

/// <summary>One service of a grant.</summary>
public sealed record GrantedService
{
    /// <summary>Number within the device, 1 to 255, unique in the grant; services with a rate have 1 to 15.</summary>
    public required byte Id { get; init; }

    /// <summary>Which side opens connections.</summary>
    public required ServiceDirection Direction { get; init; }

    /// <summary>Category name as the device wrote it.</summary>
    public required string Category { get; init; }

    /// <summary>Greatest throughput in each direction.</summary>
    public required BitRate Rate { get; init; }

    /// <summary>When it is open.</summary>
    public required DailyWindow Schedule { get; init; }

    /// <summary>Provide: what peers of the device's own network may open; at least one.</summary>
    public IReadOnlyList<GrantedPorts> Ports { get; init; } = [];

    /// <summary>Provide: whose devices may open <see cref="Ports"/>.</summary>
    public ServiceReach Reach { get; init; }

    /// <summary>Provide: forwards from the outside.</summary>
    public IReadOnlyList<GrantedForward> Forwards { get; init; } = [];

    /// <summary>Provide: the only hosts that may connect; empty for every peer of the network.</summary>
    public IReadOnlyList<GrantedHost> Sources { get; init; } = [];

    /// <summary>Consume: where the device may connect; at least one.</summary>
    public IReadOnlyList<GrantedEndpoint> Endpoints { get; init; } = [];
}

/// <summary>Ports with their transports.</summary>
/// <param name="Range">The ports.</param>
/// <param name="Transports">Tcp, Udp or both; never none.</param>
public readonly record struct GrantedPorts(PortRange Range, Transports Transports);

/// <summary>A forward; port k of one range maps to port k of the other.</summary>
/// <param name="Internal">Ports on the device.</param>
/// <param name="External">Ports on the router's outside, of the same count.</param>
/// <param name="Transports">Tcp, Udp or both; never none.</param>
public readonly record struct GrantedForward(PortRange Internal, PortRange External, Transports Transports);

/// <summary>A host by name or address.</summary>
/// <param name="Name">Host name in lower case, or the address as text.</param>
/// <param name="Literal">The address, when it was given as an IPv4 address.</param>
/// <param name="Literal6">The address, when it was given as an IPv6 address.</param>
public readonly record struct GrantedHost(string Name, Ipv4Address? Literal, Ipv6Address? Literal6 = null)
{
    /// <summary>True when the host has to be looked up.</summary>
    public bool IsName => Literal is null && Literal6 is null;
}

/// <summary>A destination.</summary>
/// <param name="Host">The host.</param>
/// <param name="Range">Its ports.</param>
/// <param name="Transports">Tcp, Udp or both; never none.</param>
/// <param name="LocalAllowed">
/// True for an address the owner approved and for anything in the site's own files: it may be in private, link-local or the router's own
/// space. A name a device asked for is never followed there, whatever its DNS answers.
/// </param>
public readonly record struct GrantedEndpoint(GrantedHost Host, PortRange Range, Transports Transports, bool LocalAllowed);
