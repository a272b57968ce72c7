using System;
using System.Collections.Generic;
using Dwirm.Daemon.Config;
using Dwirm.Daemon.Service;
using Dwirm.Dhcp;
using Dwirm.Enforcement;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Store;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;
using Dwirm.Wire.Netlink;

namespace Dwirm.Daemon.Tests.Service;

/// <summary>A store in memory that can be told to fail.</summary>
internal sealed class FakeStore(List<string> order) : IGrantStore
{
    public bool Fails { get; set; }

    /// <summary>Devices as the last successful write left them.</summary>
    public Dictionary<MacAddress, DeviceRecord> Devices { get; } = [];

    /// <summary>Counters as the last successful write left them.</summary>
    public Dictionary<string, ulong> Counters { get; } = [];

    /// <summary>The history, oldest first.</summary>
    public List<HistoryEntry> Events { get; } = [];

    /// <summary>Every record of what was used of a quota, oldest first.</summary>
    public List<QuotaUsage> Quotas { get; } = [];

    /// <summary>Rows of devices and leases written.</summary>
    public int Written { get; private set; }

    public StoreContents Load() => new([], [], 0);

    public void Write(StoreBatch batch)
    {
        if (Fails) throw new StoreException("disk full", isFull: true);
        order.Add("record");
        foreach (StoreChange change in batch.Changes)
        {
            if (change.Kind is StoreChangeKind.PutDevice or StoreChangeKind.PutLease) Written++;
            if (change.Record is DeviceRecord device) Devices[device.Mac] = device;
            if (change.Kind == StoreChangeKind.SetCounter) Counters[(string)change.Record!] = change.Key;
            if (change.Kind == StoreChangeKind.RemoveCounter) Counters.Remove((string)change.Record!);
            if (change.Record is HistoryEntry entry) Events.Add(entry);
            if (change.Record is QuotaUsage used) Quotas.Add(used);
            if (change.Kind == StoreChangeKind.RemoveDevice) Devices.Remove(new MacAddress(change.Key));
        }
    }

    public bool TryCounter(string name, out ulong value) => Counters.TryGetValue(name, out value);

    public IReadOnlyList<HistoryEntry> History(int limit, MacAddress? mac) => [];

    public void Dispose()
    {
    }
}

/// <summary>A kernel that keeps the last plan, and can refuse one.</summary>
internal sealed class FakeKernel(List<string> order) : IKernel
{
    public bool Refuses { get; set; }

    public EnforcementPlan? Plan { get; private set; }

    public int Applied { get; private set; }

    public KernelSupport Support { get; } = new(true, true, []);

    /// <summary>What the last change said.</summary>
    public PlanChange? Change { get; private set; }

    public NetlinkError? Apply(PlanChange change, Instant now)
    {
        Change = change;
        if (Refuses) return new NetlinkError("nft commit", 12, "");
        order.Add("enforce");
        Dictionary<MacAddress, PlannedDevice> devices = [];
        if (!change.IsWhole)
        {
            foreach (PlannedDevice device in Plan!.Devices) devices.Add(device.Mac, device);
        }
        foreach (MacAddress mac in change.Removed) devices.Remove(mac);
        foreach (PlannedDevice device in change.Devices) devices[device.Mac] = device;
        (Plan, Applied) = (new EnforcementPlan(change.Networks, change.Uplinks, [.. devices.Values]), Applied + 1);
        return null;
    }

    /// <summary>The planned device, or null when the posture of its network applies to it.</summary>
    public PlannedDevice? Find(MacAddress mac)
    {
        foreach (PlannedDevice device in Plan?.Devices ?? [])
        {
            if (device.Mac == mac) return device;
        }
        return null;
    }

    public bool IsIntact() => true;

    /// <summary>Flowtables that stand in it, and whether they can be taken out.</summary>
    public List<NftFlowtable> Flowtables { get; } = [];

    public bool KeepsFlowtables { get; set; }

    public bool ReadFlowtables(Action<NftFlowtable> take)
    {
        Flowtables.ForEach(take);
        return true;
    }

    public NetlinkError? EndOffload(NftFlowtable flowtable)
    {
        if (KeepsFlowtables) return new NetlinkError("nft flowtable delete", 16);
        Flowtables.Clear();
        return null;
    }

    /// <summary>What the counters show; null for no answer.</summary>
    public Dictionary<uint, ServiceUsage>? Usage { get; set; }

    public bool ReadUsage(Dictionary<uint, ServiceUsage> usage)
    {
        usage.Clear();
        foreach ((uint sid, ServiceUsage used) in Usage ?? []) usage[sid] = used;
        return Usage is not null;
    }

    public void Dispose()
    {
    }
}

/// <summary>A port that keeps what leaves by it.</summary>
internal sealed class FakePort(NetworkSettings settings, List<string> order) : INetworkPort
{
    public NetworkSettings Settings { get; set; } = settings;

    public int InterfaceIndex => 1;

    public Ipv4Address RouterAddress => Settings.Dhcp.RouterPrefix.Address;

    public List<SentMessage> Sent { get; } = [];

    public void Transmit(in Dhcpv4Destination destination, MacAddress mac, ReadOnlySpan<byte> payload)
    {
        order.Add("reply");
        Sent.Add(SentMessage.Read(payload, destination));
    }

    public void Flush()
    {
    }

    public void Dispose()
    {
    }
}

/// <summary>One reply as a client reads it.</summary>
internal sealed record SentMessage(byte Type, uint Xid, Ipv4Address Address, string Profile, Dhcpv4Destination Destination)
{
    /// <summary>The whole message.</summary>
    public byte[] Bytes { get; private init; } = [];

    public static SentMessage Read(ReadOnlySpan<byte> payload, in Dhcpv4Destination destination)
    {
        Assert.True(Dhcpv4Packet.TryParse(payload, out Dhcpv4Packet packet, out _));
        byte[] scratch = new byte[16384];
        string profile = packet.TryGetOption(Dhcpv4OptionCode.DefaultProfile, scratch, out ReadOnlySpan<byte> json) ? System.Text.Encoding.UTF8.GetString(json) : "";
        return new SentMessage(packet.MessageType, packet.Xid, packet.Yiaddr, profile, destination) { Bytes = payload.ToArray() };
    }
}
