using System.Collections.Generic;
using Dwirm.Enforcement.Kernel;
using Dwirm.Enforcement.Ledger;
using Dwirm.Enforcement.Tables;
using Dwirm.Policy.Plans;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement;

/// <content>What services used.</content>
public sealed partial class KernelEnforcer
{
    /// <summary>From so many devices on, everything is read: the kernel has one answer for all, and many for many.</summary>
    private const int FewDevices = 64;

    /// <inheritdoc/>
    /// <remarks>
    /// What a service used is counted from its grant on, through changes and windows of the grant and through a restart of the daemon; what
    /// rests while its window is closed is lost with a restart, and everything when somebody deletes the tables.
    /// </remarks>
    public bool ReadUsage(Dictionary<uint, ServiceUsage> usage)
    {
        usage.Clear();
        NetlinkError? error = null;
        foreach (SetId set in UsageCounters.CountedSets)
        {
            if (set >= SetId.L2Port && !_tables.Options.Bridge) continue;
            error ??= _tables.Dump(set, (in NetlinkMessage message) => NftElementReader.Each(message, (key, data, counted) =>
            {
                if (counted.Packets != 0 || set == SetId.Live) UsageCounters.AddTo(usage, set, key, data, counted);
            }));
        }
        _tables.Usage.AddTo(usage);
        _shaper.ReadDrops((device, service, drops) => AddDrops(usage, device, service, drops));
        return error == null;
    }

    /// <inheritdoc/>
    public bool ReadUsage(IReadOnlyList<MacAddress> devices, Dictionary<uint, ServiceUsage> usage)
    {
        if (devices.Count > FewDevices) return ReadUsage(usage);
        usage.Clear();
        List<Element> counted = [], block = [];
        foreach (MacAddress mac in devices)
        {
            if (_ledger.Find(mac) is not { } entry) continue;
            block.Clear();
            PackedElements.Unpack(entry.Elements, block);
            foreach (Element element in block)
            {
                if (element.Set < SetId.L2Port || _tables.Options.Bridge) counted.Add(element);
            }
            _tables.Usage.AddTo(usage, entry.Generation);
        }
        counted.Sort();
        bool answered = _tables.Usage.Ask(counted, (set, key, data, count) => UsageCounters.AddTo(usage, set, key, data, count));
        foreach (MacAddress mac in devices)
        {
            if (_ledger.Find(mac) is { } entry) _shaper.ReadDrops(entry.Slot, (device, service, drops) => AddDrops(usage, device, service, drops));
        }
        return answered;
    }

    private static void AddDrops(Dictionary<uint, ServiceUsage> usage, PlannedDevice device, PlannedService service, uint drops)
    {
        uint sid = (device.Generation << 8) | service.Id;
        if (drops != 0 && usage.TryGetValue(sid, out ServiceUsage sum)) usage[sid] = sum with { Dropped = sum.Dropped + drops };
    }
}
