using System.Collections.Generic;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Daemon.Devices;

/// <summary>Every device that ever sent a profile or was spoken of by the owner, by MAC. Bounded in number and in octets: random MACs cannot fill it.</summary>
/// <param name="budget">Most octets that devices take with all that is made of their grants; the collector's limit (Executable.props) leaves room beside it.</param>
public sealed class DeviceTable(long budget = DeviceTable.MinWeight)
{
    /// <summary>Most devices kept.</summary>
    public const int MaxDevices = 16384;

    /// <summary>The budget of the smallest router.</summary>
    public const int MinWeight = 12 * 1024 * 1024;

    /// <summary>The budget of one that has plenty.</summary>
    public const int MaxWeight = 112 * 1024 * 1024;

    private readonly Dictionary<MacAddress, Device> _devices = [];
    private long _weight;

    /// <summary>How many are known.</summary>
    public int Count => _devices.Count;

    /// <summary>All of them, in no order.</summary>
    public Dictionary<MacAddress, Device>.ValueCollection All => _devices.Values;

    /// <summary>The device with this MAC, or null.</summary>
    public Device? Find(MacAddress mac) => _devices.GetValueOrDefault(mac);

    /// <summary>Adds a device; the caller asked <see cref="HasRoom"/> first.</summary>
    public void Add(Device device)
    {
        _devices.Add(device.Record.Mac, device);
        _weight += device.Weight;
    }

    /// <summary>Replaces the record and keeps the budget right.</summary>
    public void Update(Device device, DeviceRecord record)
    {
        _weight -= device.Weight;
        device.Record = record;
        _weight += device.Weight;
    }

    /// <summary>Forgets a device.</summary>
    public void Remove(Device device)
    {
        if (_devices.Remove(device.Record.Mac)) _weight -= device.Weight;
    }

    /// <summary>True when another device fits.</summary>
    public bool HasRoom => _devices.Count < MaxDevices && HasRoomFor(0);

    /// <summary>True when what is held may grow by so many octets.</summary>
    public bool HasRoomFor(int octets) => _weight + octets < budget;

    /// <summary>The device to forget when there is no room: nobody decided about it and it was seen first longest ago. Null when every device counts.</summary>
    /// <param name="isInUse">Says whether a device holds a lease.</param>
    public Device? Expendable(System.Func<Device, bool> isInUse)
    {
        Device? oldest = null;
        foreach (Device device in _devices.Values)
        {
            if (device.Record.Verdict != OwnerVerdict.None || device.Record.Controls is not null || isInUse(device)) continue;
            if (oldest is null || device.Record.FirstSeenUnixMs < oldest.Record.FirstSeenUnixMs) oldest = device;
        }
        return oldest;
    }
}
