using System;
using Dwirm.Daemon.Devices;
using Dwirm.Policy;
using Dwirm.Policy.Controls;

namespace Dwirm.Daemon.Service;

/// <summary>Numbers that the kernel knows grants by: generations, which are the upper part of service ids, and slots of traffic classes.</summary>
/// <param name="state">Shared state.</param>
/// <param name="last">The last generation that was ever used.</param>
internal sealed class GrantNumbers(DaemonState state, uint last)
{
    private const int MaxSlots = 4094;
    private const uint MaxGeneration = 0xffffff;
    private uint _generation = last;
    private bool? _wrapped;

    /// <summary>The generation of another grant, or of controls alone; 0 when there is nothing to number.</summary>
    public uint GenerationFor(Grant? grant, DeviceControls? controls) => grant is null && controls is not { NeedsClass: true } ? 0 : NextGeneration();

    /// <summary>A generation that no device has.</summary>
    public uint NextGeneration()
    {
        // 24 bits, and devices can make it go round in days: then the live ones are passed over.
        _wrapped ??= AnyGeneration(static (live, last) => live > last);
        do
        {
            if (_generation >= MaxGeneration) (_generation, _wrapped) = (0, true);
            _generation++;
        }
        while (_wrapped == true && AnyGeneration(static (live, next) => live == next));
        state.Turn.Batch.SetGeneration(_generation);
        return _generation;
    }

    private bool AnyGeneration(Func<uint, uint, bool> matches)
    {
        foreach (Device device in state.Devices.All)
        {
            if (matches(device.Record.Generation, _generation)) return true;
        }
        return false;
    }

    private static bool HasRate(Grant? grant, DeviceControls? controls)
    {
        if (controls is { HasRate: true }) return true;
        if (grant is null) return false;
        foreach (GrantedService service in grant.Services)
        {
            if (!service.Rate.IsLine) return true;
        }
        return false;
    }

    /// <summary>The slot of a device's traffic classes: the one it has, else a free one; -1 when nothing of it has a rate, or none is free.</summary>
    public int SlotFor(DeviceRecord record, Grant? grant)
    {
        if (!HasRate(grant, record.Controls)) return -1;
        if (record.Slot >= 0) return record.Slot;
        Span<bool> taken = stackalloc bool[MaxSlots];
        foreach (Device other in state.Devices.All)
        {
            if (other.Record.Slot >= 0) taken[other.Record.Slot] = true;
        }
        return taken.IndexOf(false);
    }
}
