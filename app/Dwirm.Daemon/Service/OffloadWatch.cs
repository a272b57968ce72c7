using System.Collections.Generic;
using Dwirm.Daemon.Config;
using Dwirm.Daemon.Devices;
using Dwirm.Policy;
using Dwirm.Policy.Controls;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Daemon.Service;

/// <summary>
/// Flow offloading takes established flows past all rules: rates and counters miss them, and hardware keeps them even from the kernel.
/// Under hardware offload nothing new is granted, because it could not be held to; with the owner's consent it is taken out of the kernel.
/// Under software offload grants go on, and it is said what they lack: withdrawal still cuts, as it deletes the flows' entries.
/// </summary>
internal sealed class OffloadWatch(DaemonState state)
{
    /// <summary>Why nothing new is granted under hardware offload, for the record of a device.</summary>
    public const string Refusal = "hardware flow offload is on: what it forwards cannot be limited, so nothing new is granted";

    private readonly List<NftFlowtable> _found = [];
    private FlowOffload _mode;

    /// <summary>What the owner should know, or null.</summary>
    public string? Note { get; private set; }

    /// <summary>Looks at what is in the kernel: at the start, after a reload, and when a flowtable comes or goes.</summary>
    public void Look(Instant now)
    {
        FlowOffload before = _mode;
        Read();
        if (_mode != FlowOffload.Off && AnyGrant()) TakeOut();
        Say();
        // What was refused for it may be granted now.
        if (before == FlowOffload.Hardware && _mode != before) state.Negotiator.ReconsiderAll(now, device => state.Unsolicited.Start(device, now));
    }

    /// <summary>The negotiation as it is, or without an answer where its grant is new and could not be held to; with the owner's consent offloading ends here.</summary>
    public Negotiation Limit(Negotiation negotiation, DeviceRecord record)
    {
        if (_mode == FlowOffload.Off || negotiation.Grant is not { FullAccess: false } grant || grant.ToJson() == record.GrantJson) return negotiation;
        TakeOut();
        Say();
        if (_mode != FlowOffload.Hardware) return negotiation;
        List<ServiceDecision> services = [];
        foreach (ServiceDecision service in negotiation.Services) services.Add(service with { Decision = ServiceOutcome.Pending });
        return new Negotiation
        {
            State = DeviceState.Pending,
            AnswerJson = null,
            ShortAnswerJson = null,
            Grant = null,
            Services = services,
            DecidedBy = Refusal,
        };
    }

    /// <summary>Why controls cannot be held to, or null; with the owner's consent offloading ends here.</summary>
    public string? RefusalOf(DeviceControls controls, Instant now)
    {
        Look(now);
        if (_mode == FlowOffload.Off || !controls.NeedsClass) return null;
        TakeOut();
        Say();
        return _mode == FlowOffload.Hardware ? "hardware flow offload is on: what it forwards can neither be limited nor counted" : null;
    }

    private void Read()
    {
        _found.Clear();
        state.Enforcement.OpenKernel()?.ReadFlowtables(_found.Add);
        _mode = _found.Count > 0 ? FlowOffload.Software : FlowOffload.Off;
        foreach (NftFlowtable flowtable in _found)
        {
            if (flowtable.Hardware) _mode = FlowOffload.Hardware;
        }
    }

    private void TakeOut()
    {
        if (!state.Config.AllowOffloadOff) return;
        foreach (NftFlowtable flowtable in _found)
        {
            string name = $"flowtable {flowtable.Name} of table {flowtable.Table}";
            if (state.Enforcement.Kernel?.EndOffload(flowtable) is { } error) state.Log.Warning($"cannot take {name} out of the kernel: {error}");
            else state.Log.Info($"{name} is taken out of the kernel, as option allow_offload_off permits: flows go through the rules again");
        }
        Read();
    }

    private void Say()
    {
        const string Cure = "set flow_offloading '0' in /etc/config/firewall, or allow_offload_off '1' in /etc/config/dwirm";
        string? note = _mode switch
        {
            FlowOffload.Hardware => $"{Refusal}; {Cure}",
            FlowOffload.Software => $"software flow offload is on: rates and counters miss established flows of devices under grants; {Cure}",
            _ => null,
        };
        if (note is not null && note != Note) state.Log.Warning(note);
        Note = note;
    }

    private bool AnyGrant()
    {
        foreach (Device device in state.Devices.All)
        {
            if (device.Grant is { FullAccess: false } || device.Record.Controls is not null) return true;
        }
        return false;
    }
}
