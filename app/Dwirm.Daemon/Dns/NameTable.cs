using System;
using System.Collections.Generic;
using Dwirm.Daemon.Loop;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Wire;
using Dwirm.Wire.Dns;

namespace Dwirm.Daemon.Dns;

/// <summary>
/// Addresses of the host names that grants consume, by forward lookup at the resolver the devices use (RFC 9726 section 4, DNS-01), and
/// from every answer that is passed on to a device. Refreshed by TTL between one minute and a day; an address is kept for its TTL and an
/// hour after it was last seen.
/// </summary>
public sealed class NameTable : INameResolver
{
    private const int MaxNames = 4096, MinRefreshMs = 60_000, MaxRefreshMs = 86_400_000, KeepMs = 3_600_000;
    private const int TimeoutMs = 5000, MaxRetryMs = 60_000;

    // All names at once are asked about at the start: at this pace, 100 names a second, so that neither we nor the resolver choke.
    private const int PaceMs = 100, NamesPerPace = 10;

    private readonly Dictionary<string, Entry> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Entry>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly Dictionary<MacAddress, List<string>> _wanted = [];
    private readonly Queue<Entry> _toAsk = new();
    private readonly DnsAddress[] _read = new DnsAddress[Entry.MaxAddresses];
    private readonly Deadlines _deadlines;
    private readonly Deadline _pace;
    private readonly Action<string> _changed;
    private readonly Query _ask;
    private int _left = NamesPerPace;

    /// <summary>Sends a question to the resolver; the answer comes to <see cref="Take"/>, and what does not arrive is asked again.</summary>
    /// <param name="name">The name.</param>
    /// <param name="type"><see cref="DnsType.A"/> or <see cref="DnsType.Aaaa"/>.</param>
    /// <param name="now">The turn's time.</param>
    /// <returns>False when there is no room for it now.</returns>
    public delegate bool Query(string name, ushort type, Instant now);

    /// <summary>A table that is empty.</summary>
    /// <param name="deadlines">The loop's timers.</param>
    /// <param name="ask">Sends a query; the answers come to <see cref="Take"/>.</param>
    /// <param name="changed">Called with the name when an address of it came or went.</param>
    public NameTable(Deadlines deadlines, Query ask, Action<string> changed)
    {
        (_deadlines, _ask, _changed) = (deadlines, ask, changed);
        _lookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        _pace = new Deadline(NextPace);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Ipv4Address> Resolve(string host) => _names.TryGetValue(host, out Entry? entry) ? entry.Addresses4 : [];

    /// <inheritdoc/>
    public IReadOnlyList<Ipv6Address> Resolve6(string host) => _names.TryGetValue(host, out Entry? entry) ? entry.Addresses6 : [];

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

    /// <summary>Takes what the resolver answered to a question of ours.</summary>
    public void Take(in DnsMessage message, Instant now)
    {
        if (Find(message) is not { } entry) return;
        byte asked = message.QuestionType == DnsType.Aaaa ? Entry.Asked6 : Entry.Asked4;
        if ((entry.Open & asked) == 0 || message.ResponseCode is not (DnsResponseCode.NoError or DnsResponseCode.NameError)) return;
        bool news = See(entry, message, now, out long refreshMs);
        news |= entry.Drop(now.MonotonicMs);
        entry.Open &= (byte)~asked;
        entry.RefreshMs = Math.Min(entry.RefreshMs, refreshMs);
        if (entry.Open == 0)
        {
            entry.Failures = 0;
            // A name without an address may have one soon.
            if (entry.IsEmpty) entry.RefreshMs = MinRefreshMs;
            _deadlines.Set(entry.Due, now.MonotonicMs + Math.Max(entry.RefreshMs, MinRefreshMs));
        }
        if (news) _changed(entry.Name);
    }

    /// <summary>
    /// Takes an answer that is about to be passed on to a device: what is in it may be connected to before the answer is there (DNS-03).
    /// Nothing is learnt from an answer that the device asked not to have validated.
    /// </summary>
    /// <returns>True when a grant names the host that was asked for: the answer waits until the kernel has been told.</returns>
    public bool Learn(in DnsMessage message, Instant now)
    {
        if (Find(message) is not { } entry) return false;
        if (message.IsUnchecked || message.ResponseCode != DnsResponseCode.NoError) return true;
        if (See(entry, message, now, out _)) _changed(entry.Name);
        return true;
    }

    private Entry? Find(in DnsMessage message)
    {
        Span<char> text = stackalloc char[DnsName.MaxSize];
        return _lookup.TryGetValue(message.ReadQuestionName(text), out Entry? entry) ? entry : null;
    }

    private bool See(Entry entry, in DnsMessage message, Instant now, out long refreshMs)
    {
        refreshMs = MaxRefreshMs;
        bool news = false;
        foreach (DnsAddress address in _read.AsSpan(0, message.ReadAddresses(_read)))
        {
            long ttlMs = Math.Clamp(address.TtlSeconds * 1000L, MinRefreshMs, MaxRefreshMs);
            refreshMs = Math.Min(refreshMs, ttlMs);
            // Longer than until it is asked about again: a question on its way closes nothing.
            news |= entry.See(address, now.MonotonicMs + ttlMs + KeepMs);
        }
        return news;
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
        _toAsk.Enqueue(entry);
        SendSome(now);
    }

    private void NextPace(Instant now)
    {
        _left = NamesPerPace;
        SendSome(now);
    }

    private void SendSome(Instant now)
    {
        while (_left > 0 && _toAsk.TryPeek(out Entry? entry))
        {
            if (entry.Users > 0)
            {
                if (!Send(entry, now)) break;
                _left--;
            }
            // Asked, or wanted by nobody any more.
            _toAsk.Dequeue();
        }
        if (!_pace.IsSet) _deadlines.Set(_pace, now.MonotonicMs + PaceMs);
        if (_toAsk.Count == 0 && _left == NamesPerPace) _deadlines.Cancel(_pace);
    }

    private bool Send(Entry entry, Instant now)
    {
        entry.RefreshMs = MaxRefreshMs;
        entry.Open = Entry.Asked4 | Entry.Asked6;
        if (!_ask(entry.Name, DnsType.A, now) || !_ask(entry.Name, DnsType.Aaaa, now)) return false;
        // Silence is asked about again, less and less often.
        int wait = Math.Min(TimeoutMs << Math.Min(entry.Failures, 6), MaxRetryMs);
        entry.Failures++;
        _deadlines.Set(entry.Due, now.MonotonicMs + wait);
        return true;
    }

    /// <summary>An address of a name, and until when it is kept.</summary>
    private struct Known
    {
        public UInt128 Bits;
        public bool IsIpv6;
        public long KeepUntilMs;
    }

    private sealed class Entry(string name)
    {
        /// <summary>Most addresses of one name: what was seen longest ago makes room.</summary>
        public const int MaxAddresses = 64;

        public const byte Asked4 = 1, Asked6 = 2;

        private List<Ipv4Address>? _list4;
        private List<Ipv6Address>? _list6;
        private Known[] _known = new Known[2];
        private int _count;

        public string Name { get; } = name;

        public bool IsEmpty => _count == 0;

        /// <summary>What is known of IPv4, as a list that is made when it is asked for and something changed.</summary>
        public List<Ipv4Address> Addresses4
        {
            get
            {
                if (_list4 is not null) return _list4;
                _list4 = [];
                for (int i = 0; i < _count; i++)
                {
                    if (!_known[i].IsIpv6) _list4.Add(new Ipv4Address((uint)_known[i].Bits));
                }
                return _list4;
            }
        }

        /// <summary>The same of IPv6.</summary>
        public List<Ipv6Address> Addresses6
        {
            get
            {
                if (_list6 is not null) return _list6;
                _list6 = [];
                for (int i = 0; i < _count; i++)
                {
                    if (_known[i].IsIpv6) _list6.Add(new Ipv6Address(_known[i].Bits));
                }
                return _list6;
            }
        }

        public Deadline Due { get; set; } = null!;

        public int Users { get; set; }

        public int Failures { get; set; }

        public long RefreshMs { get; set; }

        /// <summary>Questions that wait for their answer.</summary>
        public byte Open { get; set; }

        /// <summary>Notes an address; true when it is new.</summary>
        public bool See(in DnsAddress address, long untilMs)
        {
            int oldest = 0;
            for (int i = 0; i < _count; i++)
            {
                if (_known[i].Bits == address.Bits && _known[i].IsIpv6 == address.IsIpv6)
                {
                    _known[i].KeepUntilMs = Math.Max(_known[i].KeepUntilMs, untilMs);
                    return false;
                }
                if (_known[i].KeepUntilMs < _known[oldest].KeepUntilMs) oldest = i;
            }
            if (_count == _known.Length && _count < MaxAddresses) Array.Resize(ref _known, Math.Min(2 * _count, MaxAddresses));
            int at = _count < MaxAddresses ? _count++ : oldest;
            (_list4, _list6) = (null, null);
            _known[at] = new Known { Bits = address.Bits, IsIpv6 = address.IsIpv6, KeepUntilMs = untilMs };
            return true;
        }

        /// <summary>Drops what was not seen for long enough; true when something went.</summary>
        public bool Drop(long nowMs)
        {
            int kept = 0, before = _count;
            for (int i = 0; i < before; i++)
            {
                if (_known[i].KeepUntilMs > nowMs) _known[kept++] = _known[i];
            }
            if (kept == before) return false;
            (_count, _list4, _list6) = (kept, null, null);
            return true;
        }
    }
}
