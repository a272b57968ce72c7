using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Service;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Daemon.Keys;

/// <summary>What the owner may do with keys, and what follows for devices whose proof rested on one.</summary>
internal sealed class KeyCommands(DaemonState state)
{
    private KeyRing Keys => state.Authenticator.Keys;

    /// <summary>Makes a key for a device. From then on it has to authenticate its profiles; what it was granted before stays.</summary>
    /// <returns>Null when done, or why not.</returns>
    public string? Add(MacAddress mac, Instant now, out DeviceKey? key)
    {
        string? refusal = Keys.Add(mac, state.Turn.Batch, now, out key);
        if (key is not null) state.History(now, mac, "key-added", "owner", $"secret {key.SecretId:x8}");
        return refusal;
    }

    /// <summary>Takes a device's key away, and with it what was granted because the request was proven.</summary>
    /// <returns>Null when done, or why not.</returns>
    public string? Remove(MacAddress mac, Instant now)
    {
        DeviceKey? key = Keys.Find(mac);
        if (Keys.Remove(mac, state.Turn.Batch) is { } refusal) return refusal;
        state.History(now, mac, "key-removed", "owner", $"secret {key!.SecretId:x8}");
        if (state.Devices.Find(mac) is { } device && Unprove(device, now)) state.Unsolicited.Start(device, now);
        return null;
    }

    /// <summary>Reads the key file, also again. Called before requests are weighed: a proof without its key is none.</summary>
    public void Load(Instant now)
    {
        Keys.Load();
        foreach (ConfigFault fault in Keys.Faults) state.Log.Warning(fault.ToString());
        foreach (Device device in state.Devices.All)
        {
            if (device.Record.Authenticated && Keys.Find(device.Record.Mac) is null) Unprove(device, now);
        }
    }

    private bool Unprove(Device device, Instant now)
    {
        device.AsksAuthentication = false;
        if (!device.Record.Authenticated) return false;
        state.Devices.Update(device, device.Record with { Authenticated = false });
        return state.Negotiator.Settle(device, now);
    }
}
