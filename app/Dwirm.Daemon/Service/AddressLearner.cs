using System;
using System.Collections.Generic;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Loop;
using Dwirm.Enforcement;
using Dwirm.Policy.Plans;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Daemon.Service;

/// <summary>
/// Finds out which IPv6 addresses a managed device has formed by itself: stable, temporary, from DHCPv6 and link-local ones. The rules let
/// nothing through from an address that is not known to be the device's, and show us its duplicate address detection (RFC 4862 section 5.4)
/// and what it sends from such an address. First come, first served, as RFC 6620 has it: an address is the device's when it lies in a prefix
/// of its network, no device holds it, and nobody but the device answers for it within half a second.
/// </summary>
/// <remarks>
/// Nothing is recorded: an address that is in use is in the kernel's tables at a restart, and after a loss of power the device's first packet
/// tells it again.
/// </remarks>
internal sealed class AddressLearner : IPacketLogHandler
{
    /// <summary>How long others have to say that an address is theirs (RFC 6620 section 3.2.1, TENT_LFT).</summary>
    public const long TentativeMs = 500;

    /// <summary>How often the kernel's neighbour table is looked at.</summary>
    public const long TickMs = 60_000;

    /// <summary>After so long without a sign of it a device is asked for an address of its own.</summary>
    public const long ConfirmedMs = 30 * TickMs;

    private const int MaxCandidates = 128, CandidatesPerDevice = 4, MaxUnanswered = 3, SolicitationsPerTick = 256;
    private const long ExpendableMs = 10 * TickMs, TogetherMs = 50;
    private const int HeaderSize = 40, TargetOffset = HeaderSize + 8;
    private const byte Icmpv6 = 58, NeighbourSolicitation = 135, LinkHopLimit = 255;

    private readonly DeviceTable _devices;
    private readonly EnforcementService _enforcement;
    private readonly INeighbours _neighbours;
    private readonly Deadlines _deadlines;
    private readonly Log _log;
    private readonly Dictionary<Ipv6Address, LearntAddress> _holders = [];
    private readonly List<Candidate> _candidates = [];
    private readonly Deadline _settle, _tick;

    /// <summary>A learner that knows nothing yet; it takes over what an earlier run's tables say when enforcement opens them.</summary>
    public AddressLearner(DeviceTable devices, EnforcementService enforcement, INeighbours neighbours, Deadlines deadlines, Log log)
    {
        (_devices, _enforcement, _neighbours, _deadlines, _log) = (devices, enforcement, neighbours, deadlines, log);
        (_settle, _tick) = (new Deadline(Settle), new Deadline(Tick));
        enforcement.Opened = TakeOver;
    }

    /// <summary>The device whose address it is: learnt, or the link-local address its MAC makes; null when it is nobody's.</summary>
    public Device? HolderOf(Ipv6Address address)
    {
        if (Holding(address) is { } learnt) return learnt.Device;
        return Ipv6Prefix.LinkLocal.Contains(address) && address.TryGetMac(out MacAddress mac) ? _devices.Find(mac) : null;
    }

    /// <inheritdoc/>
    public void OnPacket(in LoggedPacket packet, Instant now)
    {
        if (!TryReadAddress(packet.Payload, out Ipv6Address address) || _devices.Find(packet.Mac) is not { } device) return;
        if (HolderOf(address, device) is { } holder)
        {
            if (holder == device) Confirm(address, now.MonotonicMs);
            else Refuse(device, address, holder.Record.Mac, now);
            return;
        }
        if (_enforcement.NetworkOf(device.Record.Network) is not { } network || !MayBe(address, network)) return;
        if (_enforcement.Interfaces?.ByName(network.Device) is not { } link) return;
        int waiting = 0;
        foreach (Candidate other in _candidates)
        {
            if (other.Address == address) return;
            if (other.Mac == packet.Mac) waiting++;
        }
        if (waiting >= CandidatesPerDevice || _candidates.Count >= MaxCandidates) return;
        _candidates.Add(new Candidate(packet.Mac, address, link.Index, now.MonotonicMs + TentativeMs));
        _neighbours.Solicit(link.Index, address);
        if (!_settle.IsSet) _deadlines.Set(_settle, now.MonotonicMs + TentativeMs);
    }

    // The source address, or the target of duplicate address detection; extension headers do not occur in front of it.
    private static bool TryReadAddress(ReadOnlySpan<byte> packet, out Ipv6Address address)
    {
        address = default;
        if (packet.Length < HeaderSize || packet[0] >> 4 != 6) return false;
        address = Ipv6Address.Read(packet[8..]);
        if (address != default) return true;
        if (packet.Length < TargetOffset + Ipv6Address.Size || packet[6] != Icmpv6 || packet[7] != LinkHopLimit) return false;
        if (packet[HeaderSize] != NeighbourSolicitation) return false;
        address = Ipv6Address.Read(packet[TargetOffset..]);
        return true;
    }

    // Who has it, or would have it before the one that asks: what a known device's MAC makes (RFC 4291 Appendix A) is that device's, and the
    // link-local one of these is so without being learnt.
    private Device? HolderOf(Ipv6Address address, Device asking)
    {
        if (Holding(address) is { } learnt) return learnt.Device;
        if (!address.TryGetMac(out MacAddress mac) || _devices.Find(mac) is not { } maker) return null;
        return maker == asking && !Ipv6Prefix.LinkLocal.Contains(address) ? null : maker;
    }

    // A device that was forgotten has lost its addresses; one that came back under the same MAC may form them again.
    private LearntAddress? Holding(Ipv6Address address)
    {
        if (!_holders.TryGetValue(address, out LearntAddress? learnt)) return null;
        if (_devices.Find(learnt.Device.Record.Mac) == learnt.Device) return learnt;
        Forget(learnt);
        return null;
    }

    /// <summary>True when a host of the network could have formed the address; never the router's own or one that belongs to no single host.</summary>
    private bool MayBe(Ipv6Address address, PlannedNetwork network)
    {
        bool inside = Ipv6Prefix.LinkLocal.Contains(address) && address != Ipv6Prefix.LinkLocal.Network;
        foreach (Ipv6Prefix prefix in network.Prefixes6)
        {
            if (prefix.Contains(address) && (address != prefix.Network || prefix.Length == 128)) inside = true;
        }
        // Reserved anycast addresses of a subnet (RFC 2526).
        if (!inside || ((ulong)address.Value | 0x7f) == 0xfdff_ffff_ffff_ffff) return false;
        foreach (InterfaceInfo link in _enforcement.Interfaces?.Interfaces ?? [])
        {
            foreach (Ipv6Prefix own in link.Addresses6)
            {
                if (own.Address == address) return false;
            }
        }
        return true;
    }

    private void Settle(Instant now)
    {
        bool told = _neighbours.Read((in Neighbour neighbour) =>
        {
            foreach (Candidate candidate in _candidates)
            {
                if (candidate.Address != neighbour.Address || candidate.Link != neighbour.Device) continue;
                if (candidate.Mac != neighbour.Mac) candidate.Holder = neighbour.Mac;
            }
        });
        long nextMs = long.MaxValue;
        for (int i = _candidates.Count - 1; i >= 0; i--)
        {
            Candidate candidate = _candidates[i];
            if (candidate.DueMs > now.MonotonicMs + TogetherMs)
            {
                nextMs = Math.Min(nextMs, candidate.DueMs);
                continue;
            }
            _candidates.RemoveAt(i);
            if (!told || _devices.Find(candidate.Mac) is not { } device) continue;
            if (candidate.Holder is { } holder) Refuse(device, candidate.Address, holder, now);
            else if (HolderOf(candidate.Address, device) is null) Learn(device, candidate.Address, now);
        }
        if (nextMs != long.MaxValue) _deadlines.Set(_settle, nextMs);
    }

    private void Learn(Device device, Ipv6Address address, Instant now)
    {
        if (device.Addresses6.Count >= LearntAddress.PerDevice && !MakeRoom(device, now)) return;
        var learnt = new LearntAddress(device, address, now.MonotonicMs);
        device.Addresses6.Add(learnt);
        _holders[address] = learnt;
        _enforcement.MarkDirty(device.Record.Mac);
        if (!_tick.IsSet) _deadlines.Set(_tick, now.MonotonicMs + TickMs);
    }

    // Temporary addresses follow one another (RFC 8981): the one that was silent longest goes, but not one that may be in use.
    private bool MakeRoom(Device device, Instant now)
    {
        LearntAddress oldest = device.Addresses6[0];
        foreach (LearntAddress other in device.Addresses6)
        {
            if (other.ConfirmedMs < oldest.ConfirmedMs) oldest = other;
        }
        if (now.MonotonicMs - oldest.ConfirmedMs >= ExpendableMs)
        {
            Forget(oldest);
            return true;
        }
        if (_log.AllowsPacketLine(now))
            _log.Warning($"{device.Record.Mac} uses more than {LearntAddress.PerDevice} IPv6 addresses; the rest stay closed");
        return false;
    }

    private void Refuse(Device device, Ipv6Address address, MacAddress holder, Instant now)
    {
        if (_log.AllowsPacketLine(now)) _log.Warning($"{device.Record.Mac} claims {address}, which {holder} holds");
    }

    private void Confirm(Ipv6Address address, long atMs)
    {
        if (!_holders.TryGetValue(address, out LearntAddress? learnt) || atMs <= learnt.ConfirmedMs) return;
        (learnt.ConfirmedMs, learnt.Unanswered) = (atMs, 0);
    }

    private void Forget(LearntAddress learnt)
    {
        _holders.Remove(learnt.Address);
        learnt.Device.Addresses6.Remove(learnt);
        _enforcement.MarkDirty(learnt.Device.Record.Mac);
    }

    // Who is silent is asked; who does not answer, is forgotten, or is on another network, loses the address and may form it again.
    private void Tick(Instant now)
    {
        bool told = _neighbours.Read((in Neighbour neighbour) =>
        {
            if (_holders.TryGetValue(neighbour.Address, out LearntAddress? learnt) && learnt.Device.Record.Mac == neighbour.Mac)
                Confirm(neighbour.Address, now.MonotonicMs - neighbour.ConfirmedMsAgo);
        });
        List<LearntAddress> gone = [];
        int budget = SolicitationsPerTick;
        foreach (LearntAddress learnt in _holders.Values)
        {
            Device device = learnt.Device;
            PlannedNetwork? network = _enforcement.NetworkOf(device.Record.Network);
            if (_devices.Find(device.Record.Mac) != device || network is null || !MayBe(learnt.Address, network)) gone.Add(learnt);
            else if (told && now.MonotonicMs - learnt.ConfirmedMs >= ConfirmedMs && budget-- > 0)
            {
                if (learnt.Unanswered++ >= MaxUnanswered) gone.Add(learnt);
                else if (_enforcement.Interfaces?.ByName(network.Device) is { } link) _neighbours.Solicit(link.Index, learnt.Address);
            }
        }
        foreach (LearntAddress learnt in gone) Forget(learnt);
        if (_holders.Count > 0) _deadlines.Set(_tick, now.MonotonicMs + TickMs);
    }

    private void TakeOver(IKernel kernel, Instant now) => kernel.ReadAddresses((mac, address) =>
    {
        if (_devices.Find(mac) is not { } device || HolderOf(address, device) is not null || device.Addresses6.Count >= LearntAddress.PerDevice) return;
        if (_enforcement.NetworkOf(device.Record.Network) is { } network && MayBe(address, network)) Learn(device, address, now);
    });

    private sealed class Candidate(MacAddress mac, Ipv6Address address, int link, long dueMs)
    {
        public MacAddress Mac { get; } = mac;

        public Ipv6Address Address { get; } = address;

        public int Link { get; } = link;

        public long DueMs { get; } = dueMs;

        public MacAddress? Holder { get; set; }
    }
}
