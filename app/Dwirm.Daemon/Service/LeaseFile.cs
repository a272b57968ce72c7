using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Dwirm.Daemon.Loop;
using Dwirm.Dhcp;
using Dwirm.Linux;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <summary>
/// The lease file other programs read, in dnsmasq's five fields: <c>expiry mac address hostname client-id</c>.
/// It lies in tmpfs, is replaced by rename, and follows a change at once, or within half a second while there are many.
/// </summary>
public sealed class LeaseFile
{
    private const long IntervalMs = 500;
    private readonly string _path;
    private readonly Dhcpv4Engine _dhcp;
    private readonly Deadlines _deadlines;
    private readonly Deadline _write;
    private readonly Log _log;
    private bool _failed;
    private long _writtenMs = -IntervalMs;

    /// <summary>A lease file at <paramref name="path"/> for the engine's leases.</summary>
    public LeaseFile(string path, Dhcpv4Engine dhcp, Deadlines deadlines, Log log)
    {
        (_path, _dhcp, _deadlines, _log) = (path, dhcp, deadlines, log);
        _write = new Deadline(Write);
    }

    /// <summary>A lease changed; the file follows after this turn, when the change is recorded.</summary>
    public void Touch(Instant now)
    {
        if (!_write.IsSet) _deadlines.Set(_write, Math.Max(now.MonotonicMs + 1, _writtenMs + IntervalMs));
    }

    /// <summary>Writes the file now.</summary>
    public void Write(Instant now)
    {
        _writtenMs = now.MonotonicMs;
        var text = new StringBuilder(4096);
        foreach (Lease lease in _dhcp.Leases)
        {
            if (lease.State == LeaseState.Bound) AppendLine(text, lease, now);
        }
        try
        {
            Files.WriteAtomic(_path, Encoding.ASCII.GetBytes(text.ToString()), Mode.WorldReadable, sync: false);
            _failed = false;
        }
        catch (LinuxException e)
        {
            if (!_failed) _log.Warning($"cannot write the lease file {_path}: {e.Message}");
            _failed = true;
            Touch(now);
        }
    }

    /// <summary>Reads what an earlier run, or dnsmasq, left: expiry in Unix seconds by address and MAC. Lines that are not ours to read are passed over.</summary>
    public static Dictionary<(Ipv4Address, MacAddress), long> ReadExpiries(string _path)
    {
        Dictionary<(Ipv4Address, MacAddress), long> expiries = [];
        if (!File.Exists(_path)) return expiries;
        foreach (string line in File.ReadAllLines(_path))
        {
            string[] fields = line.Split(' ');
            if (fields.Length == 5 && long.TryParse(fields[0], out long expiry) && MacAddress.TryParse(fields[1], out MacAddress mac)
                && Ipv4Address.TryParse(fields[2], out Ipv4Address address))
            {
                expiries[(address, mac)] = expiry;
            }
        }
        return expiries;
    }

    private static void AppendLine(StringBuilder text, Lease lease, Instant now)
    {
        long expiry = lease.ExpiresMs == long.MaxValue ? 0 : now.ToUnixMs(lease.ExpiresMs) / 1000;
        text.Append(expiry).Append(' ').Append(lease.Mac.ToString()).Append(' ').Append(lease.Address.ToString()).Append(' ');
        text.Append(lease.Hostname.Length == 0 ? "*" : lease.Hostname).Append(' ');
        if (lease.ClientId.Length == 0) text.Append('*');
        for (int i = 0; i < lease.ClientId.Length; i += 2)
        {
            if (i > 0) text.Append(':');
            text.Append(lease.ClientId.AsSpan(i, 2));
        }
        text.Append('\n');
    }
}
