using System;
using System.Collections.Generic;
using Dwirm.Control;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Service;
using Dwirm.Enforcement;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Store;
using Dwirm.Wire;

namespace Dwirm.Daemon.Control;

/// <summary>The methods of the control socket, one per command of the command line.</summary>
internal sealed class ControlHandler(DaemonState state, OwnerCommands owner, IGrantStore store, Documents documents) : IControlHandler
{
    private readonly Dictionary<ControlConnection, Action<HistoryEntry>> _followers = [];

    /// <inheritdoc/>
    public byte[]? Handle(ControlRequest request, ControlConnection connection, Instant now) => request.Method switch
    {
        ControlMethods.Status => ControlCodec.ToBytes(documents.Status(now)),
        ControlMethods.Devices => ControlCodec.ToBytes<DeviceDto>(documents.Devices(now)),
        ControlMethods.Device => OneDevice(request, now),
        ControlMethods.Leases => ControlCodec.ToBytes<LeaseDto>(documents.Leases(now)),
        ControlMethods.Grants => ControlCodec.ToBytes<GrantDto>(documents.Grants(now)),
        ControlMethods.Pending => ControlCodec.ToBytes<PendingDto>(documents.Pending(now)),
        ControlMethods.Counters => Counters(request, now),
        ControlMethods.Plan => Plan(request, now),
        ControlMethods.Events => Events(request, connection),
        ControlMethods.Approve => Command(request, now, mac => owner.Approve(mac, request.Json, request.Once, now, request.Value)),
        ControlMethods.Deny => Command(request, now, mac => owner.Deny(mac, now)),
        ControlMethods.Revoke => Command(request, now, mac => owner.Revoke(mac, now)),
        ControlMethods.Forget => Command(request, now, mac => owner.Forget(mac, now)),
        ControlMethods.FullAccess => Command(request, now, mac => owner.FullAccess(mac, request.UntilUnixMs, now)),
        ControlMethods.KeyAdd => KeyMethods.Add(state, request, now),
        ControlMethods.KeyList => KeyMethods.List(state),
        ControlMethods.KeyRemove => KeyMethods.Remove(state, request, now),
        ControlMethods.Explain => Explain(request, now),
        ControlMethods.Assign => Command(request, now, mac => state.Controls.Assign(mac, request.Json, request.Value, now)),
        ControlMethods.Limit => Command(request, now, mac => state.Controls.Limit(mac, request.Value, request.Up, now)),
        ControlMethods.Pause => Command(request, now, mac => state.Controls.Pause(mac, request.UntilUnixMs, now)),
        ControlMethods.Resume => Command(request, now, mac => state.Controls.Resume(mac, now)),
        ControlMethods.Schedule => Command(request, now, mac => state.Controls.Schedule(mac, request.Value, now)),
        ControlMethods.Quota => Command(request, now, mac => state.Controls.Quota(mac, request.Value, now)),
        ControlMethods.Block => Command(request, now, mac => state.Controls.Block(mac, request.Clear, now)),
        ControlMethods.Observe => ObserveMethods.Observe(state, request, now),
        ControlMethods.Suggest => ObserveMethods.Suggest(state, request, now),
        _ => Error($"no method {request.Method}"),
    };

    /// <inheritdoc/>
    public void Unfollow(ControlConnection connection)
    {
        if (_followers.Remove(connection, out Action<HistoryEntry>? follower)) state.Events.Unfollow(follower);
    }

    private byte[] OneDevice(ControlRequest request, Instant now)
    {
        if (!MacAddress.TryParse(request.Mac, out MacAddress mac)) return Error($"'{request.Mac}' is not a MAC address");
        return documents.Device(mac, now) is { } device
            ? ControlCodec.ToBytes(device)
            : Error($"no device {mac}; `dwirm devices` lists them");
    }

    private byte[] Counters(ControlRequest request, Instant now)
    {
        if (request.Mac.Length == 0) return ControlCodec.ToBytes<CountersDto>(UsageDocuments.Counters(state, documents.Devices(now)));
        if (!MacAddress.TryParse(request.Mac, out MacAddress mac)) return Error($"'{request.Mac}' is not a MAC address");
        return documents.Device(mac, now) is { } device
            ? ControlCodec.ToBytes<CountersDto>(UsageDocuments.Counters(state, [device]))
            : Error($"no device {mac}; `dwirm devices` lists them");
    }

    /// <summary>A command is carried out like a packet: what it changes is recorded and enforced at the end of this turn, before the client reads on.</summary>
    private byte[] Command(ControlRequest request, Instant now, Func<MacAddress, string?> carryOut)
    {
        if (!MacAddress.TryParse(request.Mac, out MacAddress mac)) return Error($"'{request.Mac}' is not a MAC address");
        if (carryOut(mac) is { } refusal) return Error(refusal);
        state.Turn.Commit(now);
        if (state.Turn.StoreFault is { } storeFault) return Error($"decided, but it could not be recorded: {storeFault}");
        if (state.Enforcement.Fault is { } fault) return Error($"recorded, but the kernel refused it: {fault}");
        Device? device = state.Devices.Find(mac);
        return ControlCodec.ToBytes(new OutcomeDto
        {
            Mac = mac.ToString(),
            State = StateNames.Of(device?.Record.State ?? DeviceState.New),
            Message = device is null ? "nothing is kept of it any more; the posture of its network applies" : documents.Outcome(device, now),
        });
    }

    private byte[] Explain(ControlRequest request, Instant now)
    {
        _ = MacAddress.TryParse(request.Mac, out MacAddress mac);
        DeviceDto? explained = documents.Explain(mac, request.Json, request.Value, now, out string fault);
        return explained is null ? Error(fault) : ControlCodec.ToBytes(explained);
    }

    private byte[] Plan(ControlRequest request, Instant now)
    {
        EnforcementPlan plan = state.Enforcement.Plan(now, out _);
        if (request.Mac.Length > 0)
        {
            if (!MacAddress.TryParse(request.Mac, out MacAddress mac)) return Error($"'{request.Mac}' is not a MAC address");
            List<PlannedDevice> one = [];
            foreach (PlannedDevice device in plan.Devices)
            {
                if (device.Mac == mac) one.Add(device);
            }
            plan = plan with { Devices = one };
        }
        return request.Format == "nft"
            ? ControlCodec.ToBytes(new TextDto { Text = NftScript.Render(plan, now, state.Enforcement.Interfaces?.BridgePorts) })
            : ControlCodec.ToBytes(PlanDocuments.Of(plan));
    }

    private byte[]? Events(ControlRequest request, ControlConnection connection)
    {
        MacAddress? only = MacAddress.TryParse(request.Mac, out MacAddress mac) ? mac : null;
        int limit = request.Limit > 0 ? request.Limit : ControlProtocol.DefaultEventLimit;
        List<EventDto> past = [];
        foreach (HistoryEntry entry in store.History(limit, only)) past.Add(Documents.Event(entry));
        if (!request.Follow) return ControlCodec.ToBytes<EventDto>(past);
        // A table has the newest on top; a story that goes on is told from its beginning.
        past.Reverse();
        foreach (EventDto entry in past) connection.Send(ControlCodec.ToBytes(entry), last: false);
        void Follower(HistoryEntry entry)
        {
            if (only is null || entry.Mac == only) connection.Send(ControlCodec.ToBytes(Documents.Event(entry)), last: false);
        }
        _followers[connection] = Follower;
        state.Events.Follow(Follower);
        return null;
    }

    private static byte[] Error(string why) => ControlCodec.ToBytes(new ErrorDto { Error = why });
}
