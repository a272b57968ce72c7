using System;
using System.Collections.Generic;
using Dwirm.Daemon.Loop;
using Dwirm.Linux;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Wire;
using Dwirm.Wire.Dns;

namespace Dwirm.Daemon.Service;

/// <summary>
/// Addresses of the host names that grants consume, by forward lookup at the resolver the devices use (RFC 9726 section 4, DNS-01).
/// Refreshed by TTL between one minute and a day; an address is kept for its TTL and an hour after it was last seen.
/// </summary>
public sealed class NameTable : INameResolver
{
    private const int MaxNames = 4096, MaxAddresses = 32, MinRefreshMs = 60_000, MaxRefreshMs = 86_400_000, KeepMs = 3_600_000;
    private const int TimeoutMs = 2000, MaxRetryMs = 60_000;
    private readonly Dictionary<string, Entry> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<MacAddress, List<string>> _wanted = [];
    private readonly Deadlines _deadlines;
    private readonly Action<string> _changed;
    private readonly Query _ask;
    private readonly byte[] _buffer = new byte[512];

    /// <summary>Sends one query to the resolver; what does not arrive is asked again.</summary>
    public delegate void Query(ReadOnlySpan<byte> message);

    /// <summary>A table that is empty.</summary>
    /// <param name="deadlines">The loop's timers.</param>
    /// <param name="ask">Sends a query; the answers come to <see cref="Take"/>.</param>
    /// <param name="changed">Called with the name whose addresses came or went.</param>
    public NameTable(Deadlines deadlines, Query ask, Action<string> changed) => (_deadlines, _ask, _changed) = (deadlines, ask, changed);

    /// <inheritdoc/>
    public IReadOnlyList<Ipv6Address> Resolve6(string host) => [];

    /// <inheritdoc/>
    public IReadOnlyList<Ipv4Address> Resolve(string host) => _names.TryGetValue(host, out Entry? entry) ? entry.Addresses : [];

    /// <summary>Tells which names a device's grant needs; names nobody needs are forgotten.</summary>
    public void Assign(MacAddress mac, Grant? grant, Instant now)
    {
        _wanted.Remove(mac, out List<string>? before);
        if (grant is not null)
        {
            List<string> needed = [.. PlanBuilder.NamesOf(grant)];
            // What finds no room stays closed, and is nobody's to give back.
            needed.RemoveAll(name => !Want(name, now));
            if (needed.Count > 0) _wanted.Add(mac, needed);
        }
        foreach (string name in before ?? [])
        {
            if (_names.TryGetValue(name, out Entry? entry) && --entry.Users == 0)
            {
                _deadlines.Cancel(entry.Due);
                _names.Remove(name);
            }
        }
    }

    private bool Want(string name, Instant now)
    {
        if (_names.TryGetValue(name, out Entry? entry))
        {
            entry.Users++;
            return true;
        }
        if (_names.Count >= MaxNames) return false;
        entry = new Entry(name) { Users = 1 };
        entry.Due = new Deadline(later => Ask(entry, later));
        _names.Add(name, entry);
        Ask(entry, now);
        return true;
    }

    private void Ask(Entry entry, Instant now)
    {
        if (entry.Drop(now.MonotonicMs)) _changed(entry.Name);
        Span<byte> id = stackalloc byte[2];
        RandomBytes.Fill(id);
        ushort queryId = BitConverter.ToUInt16(id);
        entry.QueryId = queryId;
        if (DnsMessage.TryWriteQuery(entry.Name, DnsType.A, queryId, _buffer, out int length)) _ask(_buffer.AsSpan(0, length));
        // Silence is asked about again, less and less often.
        int wait = Math.Min(TimeoutMs << Math.Min(entry.Failures, 6), MaxRetryMs);
        entry.Failures++;
        _deadlines.Set(entry.Due, now.MonotonicMs + wait);
    }

    /// <summary>Takes what the resolver sent; anything but the answer to an open question is passed over.</summary>
    public void Take(ReadOnlySpan<byte> datagram, Instant now)
    {
        if (!DnsMessage.TryParse(datagram, out DnsMessage? message)) return;
        if (!_names.TryGetValue(message.QuestionName, out Entry? entry) || entry.QueryId != message.Id) return;
        if (message.IsTruncated || message.ResponseCode is not (DnsResponseCode.NoError or DnsResponseCode.NameError)) return;
        bool news = false;
        // A name without an address may have one soon.
        long refreshMs = message.Addresses4.Count == 0 ? MinRefreshMs : MaxRefreshMs;
        foreach ((Ipv4Address address, uint ttl) in message.Addresses4)
        {
            long ttlMs = Math.Min(ttl * 1000L, MaxRefreshMs);
            refreshMs = Math.Min(refreshMs, ttlMs);
            // Longer than until it is asked about again: a question on its way closes nothing.
            news |= entry.See(address, now.MonotonicMs + ttlMs + KeepMs);
        }
        news |= entry.Drop(now.MonotonicMs);
        entry.Failures = 0;
        entry.QueryId = Entry.NoQuery;
        _deadlines.Set(entry.Due, now.MonotonicMs + Math.Max(refreshMs, MinRefreshMs));
        if (news) _changed(entry.Name);
    }

    private sealed class Entry(string name)
    {
        /// <summary>The id of no message: no question is open.</summary>
        public const int NoQuery = -1;

        private readonly List<long> _keepUntilMs = [];

        public string Name { get; } = name;

        public List<Ipv4Address> Addresses { get; } = [];

        public Deadline Due { get; set; } = null!;

        public int Users { get; set; }

        public int Failures { get; set; }

        public int QueryId { get; set; } = NoQuery;

        /// <summary>Notes an address; true when it is new.</summary>
        public bool See(Ipv4Address address, long untilMs)
        {
            int index = Addresses.IndexOf(address);
            if (index >= 0)
            {
                _keepUntilMs[index] = untilMs;
                return false;
            }
            if (Addresses.Count >= MaxAddresses) return false;
            Addresses.Add(address);
            _keepUntilMs.Add(untilMs);
            return true;
        }

        /// <summary>Drops what was not seen for long enough; true when something went.</summary>
        public bool Drop(long nowMs)
        {
            bool dropped = false;
            for (int i = Addresses.Count - 1; i >= 0; i--)
            {
                if (_keepUntilMs[i] > nowMs) continue;
                Addresses.RemoveAt(i);
                _keepUntilMs.RemoveAt(i);
                dropped = true;
            }
            return dropped;
        }
    }
}
