using System;
using System.Collections.Generic;
using Dwirm.Dhcp.Options;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Dhcp;

/// <summary>
/// The server side of RFC 2131 section 4.3: takes a message and decides what happens to the client's lease. It knows no socket, clock or
/// file; time comes with every call. Call <see cref="Expire"/> when <see cref="NextExpiryMs"/> has come and before the messages of the same
/// turn: an address whose lease has run out is not given to anybody else before that was reported. Not safe for several threads.
/// </summary>
public sealed partial class Dhcpv4Engine
{
    /// <summary>How long an offered address is kept for the client, in milliseconds.</summary>
    public const long OfferMs = 60_000;

    /// <summary>How long an address rests after a DHCPDECLINE, in milliseconds.</summary>
    public const long DeclineRestMs = 600_000;

    /// <summary>The shortest lease a client can ask for, in seconds.</summary>
    public const long MinimumLeaseSeconds = 120;

    /// <summary>Leases the table holds beyond the sizes of the pools, unless the constructor is told otherwise.</summary>
    public const int DefaultSpareLeases = 1000;

    private readonly uint _seed;
    private readonly int? _maximumLeases;
    private readonly long[] _ignored = new long[(int)IgnoreReason.TooManyNewClients + 1];
    private readonly long[] _actions = new long[(int)Dhcpv4Action.Declined + 1];

    /// <summary>A server for these networks.</summary>
    /// <param name="networks">What is served where.</param>
    /// <param name="seed">Varies which address a client gets; the same seed gives the same client the same address.</param>
    /// <param name="maximumLeases">Most leases of every state that are kept; null for the pools' sizes and 1000 more.</param>
    public Dhcpv4Engine(IReadOnlyList<Dhcpv4NetworkConfig> networks, uint seed, int? maximumLeases = null)
    {
        _seed = seed;
        _maximumLeases = maximumLeases;
        Configure(networks);
    }

    /// <summary>Every lease.</summary>
    public LeaseTable Leases { get; } = new();

    /// <summary>Leases of every state.</summary>
    public int Count => Leases.Count;

    /// <summary>When the next offer, lease or rest ends, in monotonic milliseconds; <see cref="long.MaxValue"/> for never.</summary>
    public long NextExpiryMs => Leases.NextToExpire?.Lease.ExpiresMs ?? long.MaxValue;

    /// <summary>Calls of <see cref="TryWriteReply"/> that found no room for what they were given.</summary>
    public long RepliesTooLarge { get; private set; }

    /// <summary>Messages that were ignored for a reason.</summary>
    public long Ignored(IgnoreReason reason) => _ignored[(int)reason];

    /// <summary>Messages for which an action was decided.</summary>
    public long Decided(Dhcpv4Action action) => _actions[(int)action];

    /// <summary>
    /// Takes a new configuration. Leases stay; one that no longer fits is refused when its client asks for it again, and the leases of a network
    /// that is gone run out.
    /// </summary>
    public void Configure(IReadOnlyList<Dhcpv4NetworkConfig> networks)
    {
        int? configured = null;
        long capacity = DefaultSpareLeases;
        foreach (NetworkState state in Leases.Networks) state.Configure(null);
        foreach (Dhcpv4NetworkConfig network in networks)
        {
            NetworkState state = Leases.Network(network.Name);
            state.Configure(network);
            capacity += state.PoolSize;
            if (network.MaximumLeases is { } most) configured = Math.Max(configured ?? 0, most);
        }
        foreach (NetworkState state in Leases.Networks)
        {
            foreach (Dhcpv4NetworkConfig network in networks) state.Exclude(network.RouterPrefix.Address);
        }
        Leases.Capacity = _maximumLeases ?? configured ?? (int)Math.Min(capacity, int.MaxValue);
        Leases.Reindex();
    }

    /// <summary>Takes leases from the store into an engine that has not served yet. Offers are not durable and are left out.</summary>
    public void Restore(IEnumerable<Lease> leases)
    {
        foreach (Lease lease in leases)
        {
            if (lease.State == LeaseState.Offered || !Leases.EnsureRoom()) continue;
            string key = ClientIdentity.KeyOf(lease);
            NetworkState network = Leases.Network(lease.Network);
            LeaseSlot slot = Leases.Set(network, key, lease);
            if (lease.State == LeaseState.Bound || network.FindClient(key) is null) LinkOnly(slot);
        }
    }

    /// <summary>
    /// Ends every state whose time has come. Leases and rests become free and are added to <paramref name="expired"/>, as durable changes to be
    /// recorded; offers just go. Returns how many were added.
    /// </summary>
    public int Expire(Instant now, List<Lease> expired)
    {
        int before = expired.Count;
        while (Leases.NextToExpire is { } slot && slot.Lease.ExpiresMs <= now.MonotonicMs)
        {
            if (slot.Lease.State == LeaseState.Offered)
            {
                Withdraw(slot);
                continue;
            }
            if (slot.IsConflict)
            {
                Leases.Remove(slot);
                continue;
            }
            Leases.Change(slot, slot.Lease with { State = LeaseState.Free });
            if (slot.Network.FindClient(slot.Key) is null) slot.Network.Link(slot);
            expired.Add(slot.Lease);
        }
        return expired.Count - before;
    }

    /// <summary>
    /// Decides about a message from a client, RFC 2131 section 4.3 branch by branch, and changes the table accordingly. The message types of
    /// DWIRM are not the engine's; it counts them as unknown.
    /// </summary>
    /// <param name="request">The message.</param>
    /// <param name="network">Logical network it came in on.</param>
    /// <param name="localAddress">Our address on that network: option 54.</param>
    /// <param name="now">The time of this turn.</param>
    /// <param name="unicast">
    /// True when the message was sent to our own address instead of broadcast: it tells RENEWING from REBINDING, which otherwise look alike.
    /// </param>
    public Dhcpv4Decision Decide(in Dhcpv4Packet request, string network, Ipv4Address localAddress, Instant now, bool unicast = false)
    {
        Dhcpv4Decision decision = Dispatch(request, network, localAddress, now, unicast);
        if (decision.Action == Dhcpv4Action.Ignore) _ignored[(int)decision.Reason]++;
        _actions[(int)decision.Action]++;
        return decision;
    }

    /// <summary>Writes the reply a decision asks for, as <see cref="Dhcpv4Replies.TryWrite"/> says, and counts what did not fit.</summary>
    public bool TryWriteReply(in Dhcpv4Packet request, in Dhcpv4Decision decision, ReadOnlySpan<byte> profileAnswer, byte profileOption,
        Span<byte> buffer, out int written, Dhcpv4Signature signature = default)
    {
        bool fits = Dhcpv4Replies.TryWrite(request, decision, profileAnswer, profileOption, buffer, out written, signature);
        if (!fits) RepliesTooLarge++;
        return fits;
    }

    private Dhcpv4Decision Dispatch(in Dhcpv4Packet packet, string network, Ipv4Address local, Instant now, bool unicast)
    {
        if (packet.Op != Dhcpv4Layout.BootRequest) return Ignore(IgnoreReason.NotARequest);
        if (packet.MessageType != Dhcpv4MessageType.None && !IsFromClient(packet.MessageType)) return Ignore(IgnoreReason.UnknownMessageType);
        if (Leases.FindNetwork(network) is not { Config: not null } arrived) return Ignore(IgnoreReason.UnknownNetwork);
        if (LinkOf(packet, arrived, unicast) is not { Config: { } config } state) return Ignore(IgnoreReason.Relayed);

        Span<char> keyBuffer = stackalloc char[ClientIdentity.MaximumKeyLength];
        if (!ClientIdentity.TryRead(packet, keyBuffer, out ClientIdentity client)) return Ignore(IgnoreReason.NoClientIdentity);
        Span<char> label = stackalloc char[HostLabel.MaximumLength];
        ReadOnlySpan<char> hostname = label[..HostLabel.Read(packet, label)];
        TagSet tags = state.TagsOf(packet, client.Mac);
        Dhcpv4Host? host = state.FindHost(client.ClientId, client.Mac, hostname, tags);
        if (host is { Ignore: true }) return Ignore(IgnoreReason.HostIgnored);
        if (host is not null) tags |= config.KnownTag | host.Gives;
        if (state.Exclude(local)) Leases.Reindex();

        var turn = new Turn
        {
            Packet = packet,
            Client = client,
            Hostname = hostname,
            Host = host,
            Tags = tags,
            Network = state,
            Config = config,
            Local = local,
            ServerId = ServerIdOf(packet, local),
            Now = now.MonotonicMs,
            Unicast = unicast,
        };
        return packet.MessageType switch
        {
            Dhcpv4MessageType.None => Bootp(turn),
            Dhcpv4MessageType.Discover => Discover(turn),
            Dhcpv4MessageType.Request => Request(turn),
            Dhcpv4MessageType.Release => Release(turn),
            Dhcpv4MessageType.Decline => Decline(turn),
            _ => Inform(turn),
        };
    }

    /// <summary>
    /// The network of the link the client is on: link selection (RFC 3527) before subnet selection (RFC 3011) before giaddr, and for a client
    /// behind a relay that renews by itself its ciaddr. Another network than the one the message came by counts only when the configuration
    /// says that it is reached that way: else anyone could help himself to another network's addresses. Null for none.
    /// </summary>
    private NetworkState? LinkOf(in Dhcpv4Packet packet, NetworkState arrived, bool unicast)
    {
        Ipv4Address link = packet.Giaddr;
        Span<byte> scratch = stackalloc byte[255];
        if (packet.TryGetAddress(Dhcpv4OptionCode.SubnetSelection, out Ipv4Address subnet)) link = subnet;
        if (!packet.Giaddr.IsAny && packet.TryGetOption(Dhcpv4OptionCode.RelayAgentInformation, scratch, out ReadOnlySpan<byte> information) &&
            RelayAgentInformation.TryFind(information, RelayAgentInformation.LinkSelection, out ReadOnlySpan<byte> selected) &&
            selected.Length == Ipv4Address.Size) link = Ipv4Address.Read(selected);
        bool renews = link.IsAny && unicast && !packet.Ciaddr.IsAny;
        if (renews) link = packet.Ciaddr;
        if (link.IsAny || arrived.Config!.RouterPrefix.Contains(link)) return arrived;
        foreach (NetworkState state in Leases.Networks)
        {
            if (state.Config is { } config && config.RelayedVia == arrived.Name && config.RouterPrefix.Contains(link)) return state;
        }
        return renews ? arrived : null;
    }

    /// <summary>Our address, or the one the relay wants to be taken for us (RFC 5107 section 5).</summary>
    private static Ipv4Address ServerIdOf(in Dhcpv4Packet packet, Ipv4Address local)
    {
        Span<byte> scratch = stackalloc byte[255];
        return !packet.Giaddr.IsAny && packet.TryGetOption(Dhcpv4OptionCode.RelayAgentInformation, scratch, out ReadOnlySpan<byte> information) &&
            RelayAgentInformation.TryFind(information, RelayAgentInformation.ServerOverride, out ReadOnlySpan<byte> id) &&
            id.Length == Ipv4Address.Size ? Ipv4Address.Read(id) : local;
    }

    private static bool IsFromClient(byte type) => type is Dhcpv4MessageType.Discover or Dhcpv4MessageType.Request or
        Dhcpv4MessageType.Decline or Dhcpv4MessageType.Release or Dhcpv4MessageType.Inform;

    private static Dhcpv4Decision Ignore(IgnoreReason reason) => new() { Action = Dhcpv4Action.Ignore, Reason = reason };

    /// <summary>What is known about one message while it is decided about.</summary>
    private readonly ref struct Turn
    {
        public Dhcpv4Packet Packet { get; init; }

        public ClientIdentity Client { get; init; }

        /// <summary>What the client calls itself, a valid label or empty.</summary>
        public ReadOnlySpan<char> Hostname { get; init; }

        /// <summary>The administrator's entry for the client.</summary>
        public Dhcpv4Host? Host { get; init; }

        /// <summary>The client's tags.</summary>
        public TagSet Tags { get; init; }

        public NetworkState Network { get; init; }

        public Dhcpv4NetworkConfig Config { get; init; }

        public Ipv4Address Local { get; init; }

        /// <summary>What the client takes for us.</summary>
        public Ipv4Address ServerId { get; init; }

        /// <summary>Monotonic milliseconds.</summary>
        public long Now { get; init; }

        public bool Unicast { get; init; }

        /// <summary>True when the slot's lease is this client's.</summary>
        public bool Owns(LeaseSlot? slot) =>
            slot is not null && ReferenceEquals(slot.Network, Network) && Client.Key.SequenceEqual(slot.Key);
    }
}
