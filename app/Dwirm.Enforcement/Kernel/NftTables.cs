using System;
using System.Collections.Generic;
using Dwirm.Enforcement.Ledger;
using Dwirm.Enforcement.Tables;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Kernel;

/// <summary>Hands elements on, in sorted blocks; a block is good until the next.</summary>
internal delegate void ElementBlocks(Action<List<Element>> take);

/// <summary>
/// Our two tables in the kernel, and what we believe is in them (the shadow). A change is one transaction against one generation of the
/// ruleset: all of it or nothing. When the shadow turns out wrong, everything is written anew, again in one transaction, so that between
/// the old state and the new there is no moment without rules.
/// </summary>
internal sealed partial class NftTables(NetlinkChannel channel, InterfaceNames names, Action<string> log)
{
    private const int Attempts = 8;
    private const int ChunkLimit = 24_000;

    /// <summary>Elements that are brought into the order of sets together: few messages, and little memory.</summary>
    private const int ElementsAtOnce = 4096;

    /// <summary>Within this of its deadline an element may or may not be there still.</summary>
    private const long ExpiryMarginMs = 2000;

    private readonly UsageCounters _usage = new(channel, names);
    private bool _loaded, _probed, _othersChanged, _countersRead;
    private uint _generation;
    private TableFacts _inet, _bridge;
    private List<(byte[] Key, ulong LeftMs)> _answers = [];

    public RulesetOptions Options { get; private set; } = new(true, true);

    /// <summary>Services that the last commit took away.</summary>
    public List<uint> Withdrawn { get; } = [];

    /// <summary>True while the tables in the kernel are believed to be what was written; else the next commit writes everything.</summary>
    public bool IsLoaded => _loaded;

    /// <summary>What services used, where the kernel does not count it at present.</summary>
    public UsageCounters Usage => _usage;

    /// <summary>
    /// Finds out what this kernel can do, by transactions that are checked and thrown away. Each waits for the kernel's readers (some 15 ms),
    /// so it is done only when the kernel refused everything at once.
    /// </summary>
    private void Probe()
    {
        _probed = true;
        bool bridge = Try(NfFamily.Bridge, false) == null;
        bool log17 = Try(NfFamily.Inet, true) == null && (!bridge || Try(NfFamily.Bridge, true) == null);
        Options = new RulesetOptions(bridge, log17);
    }

    /// <summary>Changes what the kernel has, or loads everything where it has not what we believe.</summary>
    /// <param name="diff">The change: its lists are in the order of sets.</param>
    /// <param name="all">Everything there is to be with the change, in sorted blocks.</param>
    /// <param name="nowMs">Monotonic milliseconds.</param>
    public NetlinkError? Commit(LedgerDiff diff, ElementBlocks all, long nowMs)
    {
        Withdrawn.Clear();
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (!Options.Bridge) diff.WithoutBridge();
            NetlinkError? error = GetGeneration(out uint generation);
            if (error != null) return error;
            _othersChanged |= _loaded && generation != _generation;
            if (_loaded && generation != _generation && !TablesAreOurs())
            {
                log("the tables were changed or removed by someone else: loading them anew");
                _loaded = false;
            }
            if (_loaded && diff.IsEmpty) return Committed(diff, generation);
            error = _loaded ? SendDiff(diff, generation, nowMs) : SendAll(all, generation, nowMs);
            if (error == null) return Committed(diff, generation + 1 == 0 ? 1 : generation + 1);
            _countersRead = false;
            if (error.Errno == NetlinkError.Restart) continue;
            if (!_loaded && _probed) return error;
            if (!_loaded)
            {
                Probe();
                continue;
            }
            log($"{error}: loading the tables anew");
            _loaded = false;
        }
        return new NetlinkError("nft batch", NetlinkError.Restart, "the ruleset never rested");
    }

    /// <summary>True while the tables are there and are the ones we made.</summary>
    public bool IsIntact()
    {
        if (!_loaded || GetGeneration(out uint generation) != null) return false;
        if (generation == _generation) return true;
        _othersChanged = true;
        if (!TablesAreOurs()) return false;
        _generation = generation;
        return true;
    }

    /// <summary>True when anybody else changed any table since this was last asked, as far as was noticed: ask <see cref="IsIntact"/> first.</summary>
    public bool OthersChanged() => (_othersChanged, _othersChanged = false).Item1;

    /// <summary>The next commit writes everything anew.</summary>
    public void Distrust() => _loaded = false;

    /// <summary>Deletes both tables; that there are none is no error.</summary>
    public NetlinkError? Delete()
    {
        NetlinkError? first = null;
        foreach (NfFamily family in (ReadOnlySpan<NfFamily>)[NfFamily.Inet, NfFamily.Bridge])
        {
            uint begin = channel.NextSequence();
            channel.Writer.BatchBegin(begin, 0);
            int start = channel.Writer.Length;
            uint sequence = channel.NextSequence();
            channel.Writer.DeleteTable(sequence, family, Ruleset.TableName);
            channel.Writer.AddFlags(start, NetlinkFlags.Ack);
            channel.Writer.BatchEnd(channel.NextSequence());
            NetlinkError? error = channel.Transact("nft delete table", begin, sequence);
            // A kernel without bridge tables says EAFNOSUPPORT or EOPNOTSUPP; it has none of ours either.
            if (error != null && error.Errno != NetlinkError.NotFound && !(family == NfFamily.Bridge && error.IsUnsupported)) first ??= error;
        }
        _loaded = false;
        return first;
    }

    /// <summary>Hands every element of a set on, as the kernel has it.</summary>
    public NetlinkError? Dump(SetId set, MessageHandler take)
    {
        SetSpec spec = Sets.Get(set);
        uint sequence = channel.NextSequence();
        channel.Writer.DumpElements(sequence, spec.Family, Ruleset.TableName, spec.Name);
        return channel.Dump($"nft dump {spec.Name}", sequence, take);
    }

    /// <summary>Reads which services are live in what an earlier run left.</summary>
    public List<uint> ReadLive()
    {
        var live = new List<uint>();
        ReadAllCounters((key) =>
        {
            if (key.Length == 8 && key[0] == 0) live.Add(NftElementReader.HostU32(key[4..]));
        });
        return live;
    }

    /// <summary>Reads which answers may cross the bridges at present; the next load puts them back.</summary>
    public void CarryAnswers(int limit)
    {
        var answers = new List<(byte[] Key, ulong LeftMs)>();
        if (Options.Bridge)
        {
            foreach (SetId set in (ReadOnlySpan<SetId>)[SetId.L2Seen, SetId.L2Seen6])
            {
                int length = Sets.Get(set).KeyLength;
                Dump(set, (in NetlinkMessage message) => NftElementReader.Each(message, (key, _, counted) =>
                {
                    if (answers.Count < limit && key.Length == length && counted.ExpiresMs != 0) answers.Add((key.ToArray(), counted.ExpiresMs));
                }));
            }
        }
        _answers = answers;
    }

    private NetlinkError? Committed(LedgerDiff diff, uint generation)
    {
        // After a reload the diff is against what we believed to be there, which is what flows were classified by.
        Withdrawn.AddRange(diff.Withdrawn);
        _generation = generation;
        if (!_loaded)
        {
            _inet = Facts(NfFamily.Inet);
            _bridge = Options.Bridge ? Facts(NfFamily.Bridge) : default;
        }
        _loaded = true;
        _answers = [];
        _usage.Commit();
        _countersRead = false;
        return null;
    }

    private NetlinkError? SendAll(ElementBlocks all, uint generation, long nowMs)
    {
        if (!_countersRead) ReadAllCounters(null);
        NetlinkWriter writer = channel.Writer;
        int[] counts = new int[(int)SetId.Count];
        all(block =>
        {
            foreach (Element element in block) counts[(int)element.Set]++;
        });
        var sink = new NetlinkSink(writer, channel.NextSequence) { Declaring = true, Expected = counts };
        uint begin = channel.NextSequence();
        writer.BatchBegin(begin, generation);
        WriteTables(sink);
        sink.Declaring = false;
        WriteTables(sink);
        var some = new List<Element>(ElementsAtOnce);
        all(block =>
        {
            if (some.Count > 0 && some.Count + block.Count > ElementsAtOnce) WriteSome(some, nowMs);
            some.AddRange(block);
        });
        WriteSome(some, nowMs);
        WriteAnswers();
        return Finish("nft load", begin);
    }

    // What is there counted until now, whoever left it; when nothing is there nothing was.
    private void ReadAllCounters(KeyHandler? live)
    {
        _usage.Rollback();
        _countersRead = true;
        foreach (SetId set in UsageCounters.CountedSets)
        {
            if (set >= SetId.L2Port && !Options.Bridge) return;
            NetlinkError? error = Dump(set, (in NetlinkMessage message) => NftElementReader.Each(message, (key, data, counted) =>
            {
                _usage.Read(set, key, data, counted);
                if (set == SetId.Live) live?.Invoke(key);
            }));
            if (error != null && set == SetId.Live) return;
        }
    }

    private delegate void KeyHandler(ReadOnlySpan<byte> key);

    private void WriteTables(NetlinkSink sink)
    {
        Ruleset.WriteInet(sink, Options);
        if (Options.Bridge) Ruleset.WriteBridge(sink, Options);
    }

    private NetlinkError? SendDiff(LedgerDiff diff, uint generation, long nowMs)
    {
        _usage.ReadBeforeDelete(diff.Removed);
        uint begin = channel.NextSequence();
        channel.Writer.BatchBegin(begin, generation);
        // Adding what is there already is no fault, deleting what is not there is: so an element that may just be expiring is added first.
        var doubtful = new ElementList(this, NftMessage.NewElement, nowMs, false);
        foreach (Element element in diff.Removed)
        {
            if (!IsExpired(element, nowMs) && element.Deadline != 0 && element.Deadline < nowMs + ExpiryMarginMs) doubtful.Put(element);
        }
        doubtful.End();
        var removed = new ElementList(this, NftMessage.DeleteElement, nowMs, false);
        foreach (Element element in diff.Removed)
        {
            if (!IsExpired(element, nowMs)) removed.Put(element);
        }
        removed.End();
        var added = new ElementList(this, NftMessage.NewElement, nowMs, true);
        foreach (Element element in diff.Added) added.Put(element);
        added.End();
        return Finish("nft batch", begin);
    }

    // The kernel has let it go.
    private static bool IsExpired(in Element element, long nowMs) => element.Deadline != 0 && element.Deadline < nowMs - ExpiryMarginMs;

    private NetlinkError? Finish(string operation, uint begin)
    {
        // One acknowledgement for the whole batch, on a message that changes nothing.
        NetlinkWriter writer = channel.Writer;
        int start = writer.Length;
        uint last = channel.NextSequence();
        writer.NewTable(last, NfFamily.Inet, Ruleset.TableName);
        writer.AddFlags(start, NetlinkFlags.Ack);
        writer.BatchEnd(channel.NextSequence());
        return channel.Transact(operation, begin, last);
    }

    private void WriteAnswers()
    {
        NetlinkWriter writer = channel.Writer;
        int i = 0;
        while (i < _answers.Count)
        {
            // The families have keys of different lengths, and stand one after the other.
            int length = _answers[i].Key.Length;
            SetId set = length == Sets.Get(SetId.L2Seen).KeyLength ? SetId.L2Seen : SetId.L2Seen6;
            using NftMessages.ListScope list =
                writer.Elements(NftMessage.NewElement, channel.NextSequence(), NfFamily.Bridge, Ruleset.TableName, Sets.Get(set).Name, 0);
            for (; i < _answers.Count && _answers[i].Key.Length == length && list.Length < ChunkLimit; i++)
            {
                using NetlinkWriter.NestScope element = writer.Element();
                writer.ElementKey(_answers[i].Key);
                writer.ElementTimeout(_answers[i].LeftMs);
            }
        }
    }

    private NetlinkWriter Writer => channel.Writer;

    private InterfaceNames Names => names;

    private uint NextSequence() => channel.NextSequence();

    private NetlinkError? GetGeneration(out uint generation)
    {
        uint found = 0, sequence = channel.NextSequence();
        channel.Writer.GetGeneration(sequence);
        NetlinkError? error = channel.Dump("nft generation", sequence, (in NetlinkMessage message) =>
        {
            NetlinkAttributes attributes = message.Attributes(4);
            while (attributes.Next())
            {
                if (attributes.Type == 1 && attributes.TryU32Be(out uint id)) found = id;
            }
        });
        generation = found;
        return error;
    }

    private bool TablesAreOurs() =>
        Facts(NfFamily.Inet) is { Handle: not 0 } inet && inet == _inet && (!Options.Bridge || (Facts(NfFamily.Bridge) is { Handle: not 0 } bridge && bridge == _bridge));

    private TableFacts Facts(NfFamily family)
    {
        const ushort NFTA_TABLE_USE = 3, NFTA_TABLE_HANDLE = 4;
        TableFacts facts = default;
        uint sequence = channel.NextSequence();
        channel.Writer.GetTable(sequence, family, Ruleset.TableName);
        NetlinkError? error = channel.Dump("nft table", sequence, (in NetlinkMessage message) =>
        {
            NetlinkAttributes attributes = message.Attributes(4);
            while (attributes.Next())
            {
                if (attributes.Type == NFTA_TABLE_HANDLE && attributes.TryU64Be(out ulong handle)) facts = facts with { Handle = handle };
                else if (attributes.Type == NFTA_TABLE_USE && attributes.TryU32Be(out uint use)) facts = facts with { Use = use };
            }
        });
        return error == null ? facts : default;
    }

    private NetlinkError? Try(NfFamily family, bool logging)
    {
        const string Name = "dwirm-probe";
        NetlinkWriter writer = channel.Writer;
        uint begin = channel.NextSequence();
        writer.BatchBegin(begin, 0);
        writer.NewTable(channel.NextSequence(), family, Name);
        writer.NewBaseChain(channel.NextSequence(), family, Name, "probe", "filter", NftHook.Forward, 0);
        if (logging)
        {
            using (writer.NewRule(channel.NextSequence(), family, Name, "probe")) writer.LogGroup("probe", Ruleset.LogGroup, 96);
        }
        int start = writer.Length;
        uint last = channel.NextSequence();
        writer.NewTable(last, family, Name);
        writer.AddFlags(start, NetlinkFlags.Ack);
        return channel.Transact("nft probe", begin, last); // no end: nothing is committed
    }

    /// <summary>Tells our table from one that someone put in its place, or took something from.</summary>
    private readonly record struct TableFacts(ulong Handle, uint Use);
}
