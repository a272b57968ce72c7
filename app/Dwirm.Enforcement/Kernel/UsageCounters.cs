using System;
using System.Collections.Generic;
using Dwirm.Enforcement.Ledger;
using Dwirm.Enforcement.Tables;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Kernel;

/// <summary>
/// What services have used, across the elements that count it. The kernel counts in the elements, so an element that is written anew, or
/// comes back when its window opens, starts with what its predecessor had counted; in between it is kept here. So a restart, which reads it
/// from the kernel, loses nothing but what rests at that moment.
/// </summary>
internal sealed class UsageCounters(NetlinkChannel channel, InterfaceNames names)
{
    private const int KeysPerRequest = 64;
    private const ulong OriginalKind = 0, ReplyKind = 1UL << 32, LocalKind = 2UL << 32;

    private readonly Dictionary<ulong, Count> _resting = [];
    private readonly Dictionary<ulong, Count> _read = [];

    /// <summary>The sets that count what services use: one of the inet table, and those inside the bridge.</summary>
    public static ReadOnlySpan<SetId> CountedSets =>
    [
        SetId.Live, SetId.L2Provide, SetId.L2ProvideRange, SetId.L2Consume, SetId.L2ConsumeRange,
        SetId.L2Provide6, SetId.L2Provide6Range, SetId.L2Consume6, SetId.L2Consume6Range,
    ];

    /// <summary>Reads what elements that are about to be deleted have counted.</summary>
    public void ReadBeforeDelete(List<Element> removed)
    {
        Rollback();
        int at = 0;
        while (at < removed.Count)
        {
            if (!IsCounted(removed[at].Set)) at++;
            else at = ReadSome(removed, at);
        }
    }

    /// <summary>Reads what one element has counted, as a dump tells of it.</summary>
    public void Read(SetId set, ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, in NftCounted counted)
    {
        if (counted.Packets == 0 || key.Length < 8 || data.Length != 4) return;
        ulong kind = set == SetId.Live ? key[0] == 0 ? OriginalKind : ReplyKind : LocalKind;
        uint sid = NftElementReader.HostU32(set == SetId.Live ? key[4..] : data);
        Add(_read, kind | sid, counted.Packets, counted.Bytes);
    }

    /// <summary>What an element that is being written has counted already; false for nothing.</summary>
    public bool Initial(in Element element, out ulong packets, out ulong bytes)
    {
        packets = bytes = 0;
        if (!IsCounted(element.Set) || (_resting.Count == 0 && _read.Count == 0)) return false;
        ulong key = element.Set == SetId.Live ? (element.Direction == 0 ? OriginalKind : ReplyKind) | element.Mark : LocalKind | (uint)element.Data;
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
            foreach (ulong kind in (ReadOnlySpan<ulong>)[OriginalKind, ReplyKind, LocalKind]) _resting.Remove(kind | (generation << 8) | service);
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
        foreach ((ulong key, Count count) in _resting)
        {
            uint sid = (uint)key;
            usage.TryGetValue(sid, out ServiceUsage sum);
            usage[sid] = (key & ~(ulong)uint.MaxValue) switch
            {
                OriginalKind => sum with { OriginalPackets = sum.OriginalPackets + count.Packets, OriginalBytes = sum.OriginalBytes + count.Bytes },
                ReplyKind => sum with { ReplyPackets = sum.ReplyPackets + count.Packets, ReplyBytes = sum.ReplyBytes + count.Bytes },
                _ => sum with { LocalPackets = sum.LocalPackets + count.Packets, LocalBytes = sum.LocalBytes + count.Bytes },
            };
        }
    }

    private static bool IsCounted(SetId set)
    {
        foreach (SetId counted in CountedSets)
        {
            if (counted == set) return true;
        }
        return false;
    }

    // One request asks for many elements; the kernel answers each with a message, and stops at the first that is not there any more.
    private int ReadSome(List<Element> removed, int at)
    {
        SetSpec spec = Sets.Get(removed[at].Set);
        uint sequence = channel.NextSequence();
        int end = at, found = 0, start = channel.Writer.Length;
        using (channel.Writer.GetElements(sequence, spec.Family, Ruleset.TableName, spec.Name))
        {
            for (; end < removed.Count && removed[end].Set == spec.Id && end - at < KeysPerRequest; end++)
                ElementCodec.WriteKeyOnly(channel.Writer, removed[end], names);
        }
        channel.Writer.AddFlags(start, NetlinkFlags.Ack);
        NetlinkError? error = channel.Transact("nft get elements", sequence, sequence, (in NetlinkMessage message) => NftElementReader.Each(message, (key, data, counted) =>
        {
            found++;
            Read(spec.Id, key, data, counted);
        }));
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
