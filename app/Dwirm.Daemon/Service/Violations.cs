using System;
using System.Collections.Generic;
using Dwirm.Daemon.Loop;
using Dwirm.Policy;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Daemon.Service;

/// <summary>One thing that was tried and refused, however often.</summary>
internal sealed class Violation
{
    /// <summary>The device it is told of: who tried, or for attempts on a device of ours that device.</summary>
    public MacAddress Mac;

    /// <summary>The other side; for a spoofed packet the address that was claimed. IPv4 as ::ffff:a.b.c.d.</summary>
    public Ipv6Address Remote;

    /// <summary>IP protocol, or <see cref="RefusedPacket.Arp"/>.</summary>
    public byte Protocol;

    /// <summary>Destination port, 0 for none.</summary>
    public ushort Port;

    /// <summary>True when the device used an address that is not its own.</summary>
    public bool Spoofed;

    /// <summary>True when somebody tried to reach the device.</summary>
    public bool Inbound;

    /// <summary>True when the device is under a decision, so that flooders with made-up MACs do not push it out.</summary>
    public bool Managed;

    /// <summary>Packets, as many as were reported or the kernel counted.</summary>
    public long Count;

    /// <summary>The first one known of, Unix milliseconds.</summary>
    public long FirstUnixMs;

    /// <summary>The last one known of, Unix milliseconds.</summary>
    public long LastUnixMs;

    /// <summary>When it was last an event, monotonic milliseconds; 0 for never.</summary>
    public long EventMs;

    /// <summary>When its device last had a line in the log because of it, monotonic milliseconds.</summary>
    public long SaidMs;

    /// <summary>Packets since then that no line told of.</summary>
    public long Unsaid;
}

/// <summary>
/// Who tried what: the packets that rules refused and logged, and the kernel's own counts of them. All of it is bounded, because who is
/// refused decides how much there is: entries for each device and in all, lines in the log, events, and above all writes to flash.
/// </summary>
internal sealed class Violations(DaemonState state) : IPacketLogHandler
{
    /// <summary>Entries of one device; the one that was quiet longest gives way.</summary>
    public const int MaxPerDevice = 32;

    /// <summary>Entries of devices under a decision.</summary>
    public const int MaxManaged = 768;

    /// <summary>Entries of everybody else.</summary>
    public const int MaxOthers = 256;

    /// <summary>Events that go to flash in an hour, from devices under a decision and from everybody else.</summary>
    public const int ManagedEventsPerHour = 45, OtherEventsPerHour = 15;

    private const long HourMs = 3_600_000, LineEveryMs = 10_000;
    private const int EventsPerSecond = 5, EventsBurst = 50;
    private readonly List<Violation> _entries = [];
    private Violation _sought = new();
    private TokenBucket _events;
    private long _hourStartsMs = -HourMs;
    private int _managedEvents, _otherEvents;

    /// <summary>Everything that is remembered, in no order.</summary>
    public IReadOnlyList<Violation> All => _entries;

    /// <inheritdoc/>
    public void OnPacket(in LoggedPacket packet, Instant now)
    {
        if (!RefusedPacket.TryRead(packet, out RefusedPacket refused)) return;
        bool spoofed = packet.Prefix.IndexOf("spoof"u8) >= 0;
        Note(packet.Mac, IsInside(packet.In), refused, spoofed, now);
    }

    /// <summary>Takes note of one refused packet.</summary>
    /// <param name="sender">Who sent the frame.</param>
    /// <param name="inside">True when it came from a network of ours, so that the sender is the one who tried.</param>
    /// <param name="packet">What it was.</param>
    /// <param name="spoofed">True when it was refused for its source address.</param>
    /// <param name="now">The turn's time.</param>
    public void Note(MacAddress sender, bool inside, in RefusedPacket packet, bool spoofed, Instant now)
    {
        bool senderIsManaged = inside && IsManaged(sender);
        MacAddress? target = spoofed || senderIsManaged ? null : OwnerOf(packet.Destination);
        if (target is null && !inside) return;
        _sought.Mac = target ?? sender;
        _sought.Remote = spoofed || target is not null ? packet.Source : packet.Destination;
        (_sought.Protocol, _sought.Port, _sought.Spoofed, _sought.Inbound) = (packet.Protocol, packet.Port, spoofed, target is not null);
        _sought.Managed = senderIsManaged || target is not null;
        Violation entry = Find(_sought) ?? Add(now);
        entry.Count++;
        entry.Unsaid++;
        entry.LastUnixMs = now.UnixMs;
        Say(entry, now);
        Tell(entry, now);
    }

    /// <summary>Takes over what the kernel counted in the last hour: a rule logs fewer packets than it refuses.</summary>
    public void TakeKernelCounts(Instant now) => state.Enforcement.Kernel?.ReadRefused((mac, destination, protocol, port, packets) =>
    {
        if (!IsManaged(mac)) return; // of an attempt on a device the log alone tells which address tried
        (_sought.Mac, _sought.Remote, _sought.Protocol, _sought.Port) = (mac, destination, protocol, port);
        (_sought.Spoofed, _sought.Inbound, _sought.Managed) = (false, false, true);
        Violation entry = Find(_sought) ?? Add(now);
        entry.Count = Math.Max(entry.Count, (long)packets);
    });

    /// <summary>What a person reads of an entry, without the count.</summary>
    public static string Describe(Violation entry)
    {
        string what = RefusedPacket.ProtocolName(entry.Protocol);
        if (entry.Port != 0) what += $" {entry.Port}";
        string remote = RefusedPacket.Text(entry.Remote);
        if (entry.Spoofed) return $"used {remote}, which is not its address ({what})";
        return entry.Inbound ? $"{remote} tried to reach its {what}" : $"tried to reach {remote} {what}";
    }

    private Violation? Find(Violation sought)
    {
        foreach (Violation entry in _entries)
        {
            if (entry.Mac == sought.Mac && entry.Remote == sought.Remote && entry.Protocol == sought.Protocol && entry.Port == sought.Port
                && entry.Spoofed == sought.Spoofed && entry.Inbound == sought.Inbound) return entry;
        }
        return null;
    }

    private Violation Add(Instant now)
    {
        Violation entry = _sought;
        _sought = new Violation();
        entry.FirstUnixMs = entry.LastUnixMs = now.UnixMs;
        int mine = 0, alike = 0, oldestOfMine = -1, oldestAlike = -1;
        for (int i = 0; i < _entries.Count; i++)
        {
            Violation other = _entries[i];
            if (other.Managed == entry.Managed)
            {
                alike++;
                if (oldestAlike < 0 || other.LastUnixMs < _entries[oldestAlike].LastUnixMs) oldestAlike = i;
            }
            if (other.Mac != entry.Mac) continue;
            mine++;
            if (oldestOfMine < 0 || other.LastUnixMs < _entries[oldestOfMine].LastUnixMs) oldestOfMine = i;
        }
        if (mine >= MaxPerDevice) _entries[oldestOfMine] = entry;
        else if (alike >= (entry.Managed ? MaxManaged : MaxOthers)) _entries[oldestAlike] = entry;
        else _entries.Add(entry);
        return entry;
    }

    // A line for a device every ten seconds at most, and what it leaves out is counted.
    private void Say(Violation entry, Instant now)
    {
        long unsaid = 0;
        foreach (Violation other in _entries)
        {
            if (other.Mac != entry.Mac) continue;
            if (other.SaidMs != 0 && now.MonotonicMs - other.SaidMs < LineEveryMs) return;
            unsaid += other.Unsaid;
        }
        if (!state.Log.AllowsPacketLine(now)) return;
        foreach (Violation other in _entries)
        {
            if (other.Mac == entry.Mac) other.Unsaid = 0;
        }
        entry.SaidMs = now.MonotonicMs;
        state.Log.Info($"refused: {entry.Mac} {Describe(entry)}{(unsaid > 1 ? $"; {unsaid - 1} more packets since it was last told" : "")}");
    }

    // An event for a device and the other side once an hour; flash takes a bounded number, followers take a few more.
    private void Tell(Violation entry, Instant now)
    {
        foreach (Violation other in _entries)
        {
            bool same = other.Mac == entry.Mac && other.Remote == entry.Remote && other.Spoofed == entry.Spoofed;
            if (same && other.EventMs != 0 && now.MonotonicMs - other.EventMs < HourMs) return;
        }
        if (!_events.TryTake(now.MonotonicMs, EventsPerSecond, EventsBurst)) return;
        entry.EventMs = now.MonotonicMs;
        var history = new HistoryEntry(now.UnixMs, entry.Mac, entry.Spoofed ? "spoof" : "violation", entry.Inbound ? "network" : "device", Describe(entry));
        if (MayRecord(entry.Managed, now)) state.Turn.Batch.Add(history);
        state.Events.Publish(history);
    }

    private bool MayRecord(bool managed, Instant now)
    {
        if (now.MonotonicMs - _hourStartsMs >= HourMs) (_hourStartsMs, _managedEvents, _otherEvents) = (now.MonotonicMs, 0, 0);
        if (state.Turn.IsChoked) return false;
        return managed ? _managedEvents++ < ManagedEventsPerHour : _otherEvents++ < OtherEventsPerHour;
    }

    private bool IsManaged(MacAddress mac) => state.Devices.Find(mac) is { IsManaged: true };

    private MacAddress? OwnerOf(Ipv6Address address)
    {
        MacAddress? mac = RefusedPacket.IsMapped(address, out Ipv4Address version4)
            ? state.Dhcp.Leases.ByAddress(version4)?.Mac
            : state.Addresses6?.HolderOf(address)?.Record.Mac;
        return mac is { } owner && IsManaged(owner) ? owner : null;
    }

    private bool IsInside(int index)
    {
        string? name = state.Enforcement.Interfaces?.ByIndex(index)?.Name;
        foreach (Config.NetworkSettings network in state.Config.Networks)
        {
            if (network.Device == name) return true;
        }
        return false;
    }
}
