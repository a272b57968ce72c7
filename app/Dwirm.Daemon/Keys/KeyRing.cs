using System;
using System.Collections.Generic;
using Dwirm.Linux;
using Dwirm.Policy;
using Dwirm.Store;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Daemon.Keys;

/// <summary>The device keys in force: the key file in memory, with each key's replay counter from the store.</summary>
/// <param name="path">The key file.</param>
/// <param name="store">Where replay counters are.</param>
internal sealed class KeyRing(string path, IGrantStore store)
{
    private Dictionary<MacAddress, DeviceKey> _keys = [];

    /// <summary>The keys.</summary>
    public Dictionary<MacAddress, DeviceKey>.ValueCollection All => _keys.Values;

    /// <summary>What is wrong with the key file; while anything is, the file is not written: that would lose the faulty lines.</summary>
    public IReadOnlyList<ConfigFault> Faults { get; private set; } = [];

    /// <summary>The key of a device, or null.</summary>
    public DeviceKey? Find(MacAddress mac) => _keys.Count == 0 ? null : _keys.GetValueOrDefault(mac);

    /// <summary>Reads the key file, again too: a key that is the same keeps what is known of its use.</summary>
    public void Load()
    {
        List<ConfigFault> faults = [];
        var keys = new Dictionary<MacAddress, DeviceKey>();
        foreach (DeviceKey read in KeyFile.Read(path, faults))
        {
            DeviceKey key = read;
            bool isSame = _keys.TryGetValue(read.Mac, out DeviceKey? known) && known.SecretId == read.SecretId
                && known.Secret.AsSpan().SequenceEqual(read.Secret);
            if (isSame)
            {
                key = known!;
            }
            else
            {
                key.CounterIsLost = !store.TryCounter(key.CounterName, out ulong counter);
                key.LastCounter = counter;
                if (store.TryCounter(key.UsedName, out ulong used)) key.LastUsedUnixMs = (long)used;
            }
            keys.Add(key.Mac, key);
        }
        (_keys, Faults) = (keys, faults);
    }

    /// <summary>Makes a key for a device and writes it to the file.</summary>
    /// <param name="mac">The device; it must have none.</param>
    /// <param name="batch">Receives the key's first replay counter.</param>
    /// <param name="now">The turn's time.</param>
    /// <param name="made">The key.</param>
    /// <returns>Null when done, or why not.</returns>
    public string? Add(MacAddress mac, StoreBatch batch, Instant now, out DeviceKey? made)
    {
        made = null;
        if (_keys.ContainsKey(mac)) return $"{mac} has a key; take it away with `dwirm key remove {mac}` first";
        if (_keys.Count == KeyFile.MaxKeys) return $"there are {KeyFile.MaxKeys} keys already";
        if (Faults.Count > 0) return $"{Faults[0]}; mend the file and reload (SIGHUP) first";
        byte[] secret = new byte[Dhcpv4Authentication.KeySize];
        uint id;
        do
        {
            RandomBytes.Fill(secret);
            id = RandomBytes.NextUInt32();
        }
        while (id == 0 || IsTaken(id, secret));
        var key = new DeviceKey(id, mac, secret, now.UnixSeconds);
        _keys.Add(mac, key);
        int errno = KeyFile.Write(path, All);
        if (errno != 0)
        {
            _keys.Remove(mac);
            return $"{path} cannot be written: {Errno.Describe(errno)}";
        }
        batch.SetCounter(key.CounterName, 0);
        made = key;
        return null;
    }

    /// <summary>Takes a device's key away, from the file too.</summary>
    /// <returns>Null when done, or why not.</returns>
    public string? Remove(MacAddress mac, StoreBatch batch)
    {
        if (!_keys.TryGetValue(mac, out DeviceKey? key)) return $"{mac} has no key; `dwirm key list` shows those that have one";
        if (Faults.Count > 0) return $"{Faults[0]}; mend the file and reload (SIGHUP) first";
        _keys.Remove(mac);
        int errno = KeyFile.Write(path, All);
        if (errno != 0)
        {
            _keys.Add(mac, key);
            return $"{path} cannot be written: {Errno.Describe(errno)}";
        }
        batch.RemoveCounter(key.CounterName);
        batch.RemoveCounter(key.UsedName);
        return null;
    }

    private bool IsTaken(uint id, ReadOnlySpan<byte> secret)
    {
        foreach (DeviceKey other in _keys.Values)
        {
            if (other.SecretId == id || other.Secret.AsSpan().SequenceEqual(secret)) return true;
        }
        return false;
    }
}
