using System;
using System.Collections.Generic;
using Dwirm.Enforcement.Ledger;
using Dwirm.Enforcement.Tables;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Kernel;

/// <summary>Takes what one element of a set counted.</summary>
internal delegate void CountHandler(SetId set, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, NftCounted counted);

/// <summary>
/// What services have used, across the elements that count it. The kernel counts in the elements, so an element that is written anew, or
/// comes back when its window opens, starts with what its predecessor had counted; in between it is kept here. So a restart, which reads it
/// from the kernel, loses nothing but what rests at that moment.
/// </summary>
internal sealed class UsageCounters(NetlinkChannel channel, InterfaceNames names)
{
    private const int KeysPerRequest = 64;
    private const ulong OriginalKind = 0, ReplyKind = 1UL << 32, LocalKind = 2UL << 32, DroppedKind = 3UL << 32;

    private readonly Dictionary<ulong, Count> _resting = [];
    private readonly Dictionary<ulong, Count> _read = [];

    /// <summary>The sets that count what services use: those of the inet table first.</summary>
    public static ReadOnlySpan<SetId> CountedSets =>
    [
        SetId.Live, SetId.Police, SetId.PoliceInput, SetId.L2Up, SetId.L2Down, SetId.L2Provide, SetId.L2ProvideRange, SetId.L2Consume, SetId.L2ConsumeRange,
        SetId.L2Provide6, SetId.L2Provide6Range, SetId.L2Consume6, SetId.L2Consume6Range,
    ];

    /// <summary>Reads what elements that are about to be deleted have counted.</summary>
    public void ReadBeforeDelete(List<Element> removed)
    {
        Rollback();
        Ask(removed, Read);
    }

    /// <summary>Asks for elements by their keys and hands on those that are there; false when the kernel did not answer.</summary>
    /// <param name="elements">In the order of sets; those of sets that count nothing are passed over.</param>
    /// <param name="take">Takes what each counted.</param>
    public bool Ask(List<Element> elements, CountHandler take)
    {
        bool answered = true;
        int at = 0;
        while (at < elements.Count && answered)
        {
            if (!IsCounted(elements[at].Set)) at++;
            else at = AskSome(elements, at, take, out answered);
        }
        return answered;
    }

    /// <summary>Reads what one element has counted, as a dump tells of it.</summary>
    public void Read(SetId set, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, NftCounted counted)
    {
        if (KeyOf(set, key, data) is var kind and not 0 && counted.Packets != 0) Add(_read, kind, counted.Packets, counted.Bytes);
    }

    /// <summary>What an element that is being written has counted already; false for nothing.</summary>
    public bool Initial(in Element element, out ulong packets, out ulong bytes)
    {
        packets = bytes = 0;
        if (!IsCounted(element.Set) || (_resting.Count == 0 && _read.Count == 0)) return false;
        ulong key = KindOf(element.Set, element.Direction) | (Sets.Get(element.Set).Data == DataKind.Mark ? (uint)element.Data : element.Mark);
        // The first element of a service takes what all of them counted.
        Take(_resting, key, ref packets, ref bytes);
        Take(_read, key, ref packets, ref bytes);
        return packets != 0;
    }

    /// <summary>The kernel took the transaction.</summary>
    public void Commit()
    {
        foreach (ulong key in new List<ulong>(_resting.Keys))
        {
            if (_resting[key].IsWritten) _resting.Remove(key);
        }
        foreach ((ulong key, Count count) in _read)
        {
            if (!count.IsWritten) Add(_resting, key, count.Packets, count.Bytes);
        }
        _read.Clear();
        if (_read.Capacity > 1024) _read.TrimExcess();
    }

    /// <summary>The kernel did not take it, or another is tried.</summary>
    public void Rollback()
    {
        _read.Clear();
        foreach (Count count in _resting.Values) count.IsWritten = false;
    }

    /// <summary>A generation of services is over; nobody asks for what it used.</summary>
    public void Forget(uint generation)
    {
        if (_resting.Count == 0) return;
        for (uint service = 0; service <= 255; service++)
        {
            foreach (ulong kind in (ReadOnlySpan<ulong>)[OriginalKind, ReplyKind, LocalKind, DroppedKind]) _resting.Remove(kind | (generation << 8) | service);
        }
    }

    /// <summary>Forgets everything but the generations that go on.</summary>
    public void Keep(HashSet<uint> generations)
    {
        foreach (ulong key in new List<ulong>(_resting.Keys))
        {
            if (!generations.Contains((uint)key >> 8)) _resting.Remove(key);
        }
    }

    /// <summary>Adds what rests here to what was read from the kernel.</summary>
    public void AddTo(Dictionary<uint, ServiceUsage> usage)
    {
        foreach ((ulong key, Count count) in _resting) AddTo(usage, key, count.Packets, count.Bytes);
    }

    /// <summary>Adds what rests here of one generation of services.</summary>
    public void AddTo(Dictionary<uint, ServiceUsage> usage, uint generation)
    {
        foreach ((ulong key, Count count) in _resting)
        {
            if ((uint)key >> 8 == generation) AddTo(usage, key, count.Packets, count.Bytes);
        }
    }

    /// <summary>Adds what one element has counted to what its service used.</summary>
    public static void AddTo(Dictionary<uint, ServiceUsage> usage, SetId set, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, NftCounted counted)
    {
        ulong known = KeyOf(set, key, data);
        if (known != 0) AddTo(usage, known, counted.Packets, counted.Bytes);
    }

    private static void AddTo(Dictionary<uint, ServiceUsage> usage, ulong key, ulong packets, ulong bytes)
    {
        uint sid = (uint)key;
        usage.TryGetValue(sid, out ServiceUsage sum);
        usage[sid] = (key & ~(ulong)uint.MaxValue) switch
        {
            OriginalKind => sum with { OriginalPackets = sum.OriginalPackets + packets, OriginalBytes = sum.OriginalBytes + bytes },
            ReplyKind => sum with { ReplyPackets = sum.ReplyPackets + packets, ReplyBytes = sum.ReplyBytes + bytes },
            LocalKind => sum with { LocalPackets = sum.LocalPackets + packets, LocalBytes = sum.LocalBytes + bytes },
            _ => sum with { Dropped = sum.Dropped + packets },
        };
    }

    // Which service's count it is: its id, and which of its counts.
    private static ulong KeyOf(SetId set, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data)
    {
        if (Sets.Get(set).Data == DataKind.Mark) return data.Length == 4 ? LocalKind | NftElementReader.HostU32(data) : 0;
        return key.Length is 4 or 8 ? KindOf(set, key.Length == 8 ? key[0] : 0u) | NftElementReader.HostU32(key[^4..]) : 0;
    }

    private static ulong KindOf(SetId set, uint direction)
    {
        if (Sets.Get(set).Limit) return DroppedKind;
        return set != SetId.Live ? LocalKind : direction == 0 ? OriginalKind : ReplyKind;
    }

    private static bool IsCounted(SetId set) => Sets.Get(set) is { IsDynamic: false } spec && (spec.Counter || spec.Limit);

    // One request asks for many elements; the kernel answers each with a message, and stops at the first that is not there any more.
    private int AskSome(List<Element> elements, int at, CountHandler take, out bool answered)
    {
        SetSpec spec = Sets.Get(elements[at].Set);
        uint sequence = channel.NextSequence();
        int end = at, found = 0, start = channel.Writer.Length;
        using (channel.Writer.GetElements(sequence, spec.Family, Ruleset.TableName, spec.Name))
        {
            for (; end < elements.Count && elements[end].Set == spec.Id && end - at < KeysPerRequest; end++)
                ElementCodec.WriteKeyOnly(channel.Writer, elements[end], names);
        }
        channel.Writer.AddFlags(start, NetlinkFlags.Ack);
        NetlinkError? error = channel.Transact("nft get elements", sequence, sequence, (in NetlinkMessage message) => NftElementReader.Each(message, (key, data, counted) =>
        {
            found++;
            take(spec.Id, key, data, counted);
        }));
        answered = error is null or { Errno: NetlinkError.NotFound };
        return error == null ? end : at + found + 1;
    }

    private static void Take(Dictionary<ulong, Count> counts, ulong key, ref ulong packets, ref ulong bytes)
    {
        if (!counts.TryGetValue(key, out Count? count) || count.IsWritten) return;
        packets += count.Packets;
        bytes += count.Bytes;
        count.IsWritten = true;
    }

    private static void Add(Dictionary<ulong, Count> counts, ulong key, ulong packets, ulong bytes)
    {
        if (!counts.TryGetValue(key, out Count? count)) counts[key] = count = new Count();
        count.Packets += packets;
        count.Bytes += bytes;
    }

    private sealed class Count
    {
        public ulong Packets { get; set; }

        public ulong Bytes { get; set; }

        /// <summary>True when an element of the present transaction starts with it.</summary>
        public bool IsWritten { get; set; }
    }
}
