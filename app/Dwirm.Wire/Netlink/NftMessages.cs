using System;

namespace Dwirm.Wire.Netlink;

/// <summary>nf_tables messages. Each takes the sequence number that the kernel's answer will carry.</summary>
public static class NftMessages
{
    private const int Subsystem = 10;
    private const ushort BatchBeginType = 16;
    private const ushort BatchEndType = 17;
    private const uint CounterObject = 1;

    private const ushort NFNL_BATCH_GENID = 1;
    private const ushort NFTA_LIST_ELEM = 1;
    private const ushort NFTA_TABLE_NAME = 1, NFTA_TABLE_FLAGS = 2;
    private const ushort NFTA_CHAIN_TABLE = 1, NFTA_CHAIN_NAME = 3, NFTA_CHAIN_HOOK = 4, NFTA_CHAIN_POLICY = 5, NFTA_CHAIN_TYPE = 7;
    private const ushort NFTA_HOOK_HOOKNUM = 1, NFTA_HOOK_PRIORITY = 2;
    private const ushort NFTA_RULE_TABLE = 1, NFTA_RULE_CHAIN = 2, NFTA_RULE_EXPRESSIONS = 4;
    private const ushort NFTA_SET_TABLE = 1, NFTA_SET_NAME = 2, NFTA_SET_FLAGS = 3, NFTA_SET_KEY_TYPE = 4, NFTA_SET_KEY_LEN = 5;
    private const ushort NFTA_SET_DATA_TYPE = 6, NFTA_SET_DATA_LEN = 7, NFTA_SET_DESC = 9, NFTA_SET_ID = 10, NFTA_SET_TIMEOUT = 11;
    private const ushort NFTA_SET_USERDATA = 13, NFTA_SET_EXPR = 17, NFTA_SET_EXPRESSIONS = 18;
    private const ushort NFTA_SET_DESC_SIZE = 1, NFTA_SET_DESC_CONCAT = 2, NFTA_SET_FIELD_LEN = 1;
    private const ushort NFTA_ELEM_LIST_TABLE = 1, NFTA_ELEM_LIST_SET = 2, NFTA_ELEM_LIST_ELEMENTS = 3, NFTA_ELEM_LIST_SET_ID = 4;
    private const ushort NFTA_ELEM_KEY = 1, NFTA_ELEM_DATA = 2, NFTA_ELEM_TIMEOUT = 4, NFTA_ELEM_EXPIRATION = 5, NFTA_ELEM_EXPR = 7, NFTA_ELEM_KEY_END = 10, NFTA_ELEM_EXPRESSIONS = 11;
    private const ushort NFTA_DATA_VALUE = 1, NFTA_DATA_VERDICT = 2, NFTA_VERDICT_CODE = 1, NFTA_VERDICT_CHAIN = 2;
    private const ushort NFTA_OBJ_TABLE = 1, NFTA_OBJ_NAME = 2, NFTA_OBJ_TYPE = 3, NFTA_OBJ_DATA = 4;

    /// <summary>The netlink message type of an nf_tables message.</summary>
    public static ushort TypeOf(NftMessage message) => (ushort)((Subsystem << 8) | (byte)message);

    /// <summary>Starts a batch: everything up to <see cref="BatchEnd"/> is committed as one, or not at all.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="sequence">Sequence number.</param>
    /// <param name="generation">The ruleset generation the batch was made for; the kernel answers ERESTART when it has moved on. 0 to take any.</param>
    public static void BatchBegin(this NetlinkWriter writer, uint sequence, uint generation)
    {
        using (writer.Message(BatchBeginType, NetlinkFlags.Request, sequence))
        {
            writer.NfGenMessage(NfFamily.Unspecified, Subsystem);
            if (generation != 0) writer.PutU32Be(NFNL_BATCH_GENID, generation);
        }
    }

    /// <summary>Ends a batch; a batch without an end is checked and thrown away.</summary>
    public static void BatchEnd(this NetlinkWriter writer, uint sequence)
    {
        using (writer.Message(BatchEndType, NetlinkFlags.Request, sequence)) writer.NfGenMessage(NfFamily.Unspecified, Subsystem);
    }

    /// <summary>Asks for the ruleset's generation.</summary>
    public static void GetGeneration(this NetlinkWriter writer, uint sequence)
    {
        using (writer.Message(TypeOf(NftMessage.GetGeneration), NetlinkFlags.Request, sequence)) writer.NfGenMessage(NfFamily.Unspecified);
    }

    /// <summary>Asks for one table.</summary>
    public static void GetTable(this NetlinkWriter writer, uint sequence, NfFamily family, string table) =>
        TableMessage(writer, NftMessage.GetTable, NetlinkFlags.Request, sequence, family, table);

    /// <summary>Makes a table; that it exists already is no fault.</summary>
    public static void NewTable(this NetlinkWriter writer, uint sequence, NfFamily family, string table) =>
        TableMessage(writer, NftMessage.NewTable, NetlinkFlags.Request | NetlinkFlags.Create, sequence, family, table);

    /// <summary>Deletes a table with everything in it; ENOENT when there is none.</summary>
    public static void DeleteTable(this NetlinkWriter writer, uint sequence, NfFamily family, string table) =>
        TableMessage(writer, NftMessage.DeleteTable, NetlinkFlags.Request, sequence, family, table);

    /// <summary>Makes a chain that rules go to.</summary>
    public static void NewChain(this NetlinkWriter writer, uint sequence, NfFamily family, string table, string chain)
    {
        using (writer.Message(TypeOf(NftMessage.NewChain), NetlinkFlags.Request | NetlinkFlags.Create, sequence))
        {
            writer.NfGenMessage(family);
            writer.PutStringZ(NFTA_CHAIN_TABLE, table);
            writer.PutStringZ(NFTA_CHAIN_NAME, chain);
        }
    }

    /// <summary>Makes a chain at a hook, with policy accept.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="sequence">Sequence number.</param>
    /// <param name="family">Family of the table.</param>
    /// <param name="table">Table.</param>
    /// <param name="chain">Name.</param>
    /// <param name="type"><c>filter</c> or <c>nat</c>.</param>
    /// <param name="hook">Where packets enter it.</param>
    /// <param name="priority">Lower is earlier.</param>
    public static void NewBaseChain(this NetlinkWriter writer, uint sequence, NfFamily family, string table, string chain, string type, NftHook hook, int priority)
    {
        using (writer.Message(TypeOf(NftMessage.NewChain), NetlinkFlags.Request | NetlinkFlags.Create, sequence))
        {
            writer.NfGenMessage(family);
            writer.PutStringZ(NFTA_CHAIN_TABLE, table);
            writer.PutStringZ(NFTA_CHAIN_NAME, chain);
            using (writer.Nest(NFTA_CHAIN_HOOK))
            {
                writer.PutU32Be(NFTA_HOOK_HOOKNUM, (uint)hook);
                writer.PutU32Be(NFTA_HOOK_PRIORITY, (uint)priority);
            }
            writer.PutU32Be(NFTA_CHAIN_POLICY, (uint)NftVerdict.Accept);
            writer.PutStringZ(NFTA_CHAIN_TYPE, type);
        }
    }

    /// <summary>Makes a set or a map.</summary>
    public static void NewSet(this NetlinkWriter writer, uint sequence, NfFamily family, string table, scoped in NftSet set)
    {
        using (writer.Message(TypeOf(NftMessage.NewSet), NetlinkFlags.Request | NetlinkFlags.Create | NetlinkFlags.Excl, sequence))
        {
            writer.NfGenMessage(family);
            writer.PutStringZ(NFTA_SET_TABLE, table);
            writer.PutStringZ(NFTA_SET_NAME, set.Name);
            writer.PutU32Be(NFTA_SET_FLAGS, (uint)(set.LimitBytesPerSecond == 0 ? set.Flags : set.Flags | NftSetFlags.Expressions));
            writer.PutU32Be(NFTA_SET_KEY_TYPE, set.KeyType);
            writer.PutU32Be(NFTA_SET_KEY_LEN, (uint)set.KeyLength);
            if ((set.Flags & NftSetFlags.Map) != 0)
            {
                writer.PutU32Be(NFTA_SET_DATA_TYPE, set.DataType);
                writer.PutU32Be(NFTA_SET_DATA_LEN, (uint)set.DataLength);
            }
            writer.PutU32Be(NFTA_SET_ID, set.Id);
            if (set.TimeoutMs != 0) writer.PutU64Be(NFTA_SET_TIMEOUT, set.TimeoutMs);
            Describe(writer, set);
            if (!set.UserData.IsEmpty) writer.PutBytes(NFTA_SET_USERDATA, set.UserData);
            if (set.LimitBytesPerSecond != 0) writer.LimitAndCount(NFTA_SET_EXPRESSIONS, set.LimitBytesPerSecond, 1600, 0, 0);
            else if (set.Counter) using (writer.Nest(NFTA_SET_EXPR)) writer.CounterBody();
        }
    }

    /// <summary>Makes a named counter.</summary>
    public static void NewCounter(this NetlinkWriter writer, uint sequence, NfFamily family, string table, string name)
    {
        using (writer.Message(TypeOf(NftMessage.NewObject), NetlinkFlags.Request | NetlinkFlags.Create, sequence))
        {
            writer.NfGenMessage(family);
            writer.PutStringZ(NFTA_OBJ_TABLE, table);
            writer.PutStringZ(NFTA_OBJ_NAME, name);
            writer.PutU32Be(NFTA_OBJ_TYPE, CounterObject);
            using (writer.Nest(NFTA_OBJ_DATA))
            {
            }
        }
    }

    /// <summary>Opens a rule at the end of a chain; expressions go in, in their order.</summary>
    public static ListScope NewRule(this NetlinkWriter writer, uint sequence, NfFamily family, string table, string chain)
    {
        NetlinkWriter.MessageScope message = writer.Message(
            TypeOf(NftMessage.NewRule), NetlinkFlags.Request | NetlinkFlags.Create | NetlinkFlags.Append, sequence);
        writer.NfGenMessage(family);
        writer.PutStringZ(NFTA_RULE_TABLE, table);
        writer.PutStringZ(NFTA_RULE_CHAIN, chain);
        return new ListScope(message, writer.Nest(NFTA_RULE_EXPRESSIONS));
    }

    /// <summary>Opens a message that adds elements to a set, or deletes them; look at <see cref="ListScope.Length"/> to keep the list below 64 KB.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="message">NewElement or DeleteElement.</param>
    /// <param name="sequence">Sequence number.</param>
    /// <param name="family">Family of the table.</param>
    /// <param name="table">Table.</param>
    /// <param name="set">Set.</param>
    /// <param name="setId">The set's number when it was made in the same transaction, else 0.</param>
    public static ListScope Elements(this NetlinkWriter writer, NftMessage message, uint sequence, NfFamily family, string table, string set, uint setId)
    {
        NetlinkFlags flags = message == NftMessage.NewElement ? NetlinkFlags.Request | NetlinkFlags.Create : NetlinkFlags.Request;
        NetlinkWriter.MessageScope scope = writer.Message(TypeOf(message), flags, sequence);
        writer.NfGenMessage(family);
        writer.PutStringZ(NFTA_ELEM_LIST_TABLE, table);
        writer.PutStringZ(NFTA_ELEM_LIST_SET, set);
        if (setId != 0) writer.PutU32Be(NFTA_ELEM_LIST_SET_ID, setId);
        return new ListScope(scope, writer.Nest(NFTA_ELEM_LIST_ELEMENTS));
    }

    /// <summary>Asks for all elements of a set.</summary>
    public static void DumpElements(this NetlinkWriter writer, uint sequence, NfFamily family, string table, string set)
    {
        using (writer.Message(TypeOf(NftMessage.GetElement), NetlinkFlags.Request | NetlinkFlags.Dump, sequence))
        {
            writer.NfGenMessage(family);
            writer.PutStringZ(NFTA_ELEM_LIST_TABLE, table);
            writer.PutStringZ(NFTA_ELEM_LIST_SET, set);
        }
    }

    /// <summary>Opens a question for elements of a set by their keys; look at <see cref="ListScope.Length"/> to keep the list below 64 KB.</summary>
    public static ListScope GetElements(this NetlinkWriter writer, uint sequence, NfFamily family, string table, string set) =>
        writer.Elements(NftMessage.GetElement, sequence, family, table, set, 0);

    /// <summary>Opens one element of a list.</summary>
    public static NetlinkWriter.NestScope Element(this NetlinkWriter writer) => writer.Nest(NFTA_LIST_ELEM);

    /// <summary>The element's key: fields in the set's order, each padded to four octets.</summary>
    public static void ElementKey(this NetlinkWriter writer, ReadOnlySpan<byte> key)
    {
        using (writer.Nest(NFTA_ELEM_KEY)) writer.PutBytes(NFTA_DATA_VALUE, key);
    }

    /// <summary>The last key of a range over a concatenation.</summary>
    public static void ElementKeyEnd(this NetlinkWriter writer, ReadOnlySpan<byte> key)
    {
        using (writer.Nest(NFTA_ELEM_KEY_END)) writer.PutBytes(NFTA_DATA_VALUE, key);
    }

    /// <summary>The element's data.</summary>
    public static void ElementData(this NetlinkWriter writer, ReadOnlySpan<byte> data)
    {
        using (writer.Nest(NFTA_ELEM_DATA)) writer.PutBytes(NFTA_DATA_VALUE, data);
    }

    /// <summary>The element's verdict: go to a chain.</summary>
    public static void ElementGoto(this NetlinkWriter writer, string chain)
    {
        using (writer.Nest(NFTA_ELEM_DATA)) writer.PutVerdict(NftVerdict.Goto, chain);
    }

    /// <summary>The element's lifetime in milliseconds, and what is left of it where that differs.</summary>
    public static void ElementTimeout(this NetlinkWriter writer, ulong milliseconds, ulong left = 0)
    {
        writer.PutU64Be(NFTA_ELEM_TIMEOUT, milliseconds);
        if (left != 0) writer.PutU64Be(NFTA_ELEM_EXPIRATION, left);
    }

    /// <summary>
    /// The element is found only for what goes beyond a rate, and counts that; the kernel lets one second of the rate and the burst pass at first.
    /// </summary>
    /// <param name="writer">Where to.</param>
    /// <param name="bytesPerSecond">The rate.</param>
    /// <param name="burstBytes">Octets that may pass at once.</param>
    /// <param name="packets">What it counts on from, 0 for the beginning.</param>
    /// <param name="bytes">Octets of them.</param>
    public static void ElementLimitOver(this NetlinkWriter writer, ulong bytesPerSecond, uint burstBytes, ulong packets = 0, ulong bytes = 0) =>
        writer.LimitAndCount(NFTA_ELEM_EXPRESSIONS, bytesPerSecond, burstBytes, packets, bytes);

    /// <summary>The element goes on counting from here; its set has a counter and nothing else.</summary>
    public static void ElementCounter(this NetlinkWriter writer, ulong packets, ulong bytes)
    {
        using (writer.Nest(NFTA_ELEM_EXPR)) writer.CounterBody(packets, bytes);
    }

    // The counter comes second: what the rate lets pass ends the looking at the first.
    private static void LimitAndCount(this NetlinkWriter writer, ushort attribute, ulong bytesPerSecond, uint burstBytes, ulong packets, ulong bytes)
    {
        using (writer.Nest(attribute))
        {
            using (writer.Nest(NFTA_LIST_ELEM)) writer.LimitOverBody(bytesPerSecond, burstBytes);
            using (writer.Nest(NFTA_LIST_ELEM)) writer.CounterBody(packets, bytes);
        }
    }

    internal static void PutVerdict(this NetlinkWriter writer, NftVerdict verdict, string? chain)
    {
        using (writer.Nest(NFTA_DATA_VERDICT))
        {
            writer.PutU32Be(NFTA_VERDICT_CODE, (uint)(int)verdict);
            if (chain != null) writer.PutStringZ(NFTA_VERDICT_CHAIN, chain);
        }
    }

    private static void TableMessage(NetlinkWriter writer, NftMessage message, NetlinkFlags flags, uint sequence, NfFamily family, string table)
    {
        using (writer.Message(TypeOf(message), flags, sequence))
        {
            writer.NfGenMessage(family);
            writer.PutStringZ(NFTA_TABLE_NAME, table);
            if (message == NftMessage.NewTable) writer.PutU32Be(NFTA_TABLE_FLAGS, 0);
        }
    }

    private static void Describe(NetlinkWriter writer, scoped in NftSet set)
    {
        if (set.Size == 0 && set.FieldLengths.IsEmpty) return;
        using (writer.Nest(NFTA_SET_DESC))
        {
            if (set.Size != 0) writer.PutU32Be(NFTA_SET_DESC_SIZE, set.Size);
            if (set.FieldLengths.IsEmpty) return;
            using (writer.Nest(NFTA_SET_DESC_CONCAT))
            {
                foreach (byte length in set.FieldLengths)
                {
                    using (writer.Nest(NFTA_LIST_ELEM)) writer.PutU32Be(NFTA_SET_FIELD_LEN, length);
                }
            }
        }
    }

    /// <summary>An open message with an open list at its end.</summary>
    public readonly struct ListScope : IDisposable
    {
        private readonly NetlinkWriter.MessageScope _message;
        private readonly NetlinkWriter.NestScope _list;

        internal ListScope(NetlinkWriter.MessageScope message, NetlinkWriter.NestScope list) => (_message, _list) = (message, list);

        /// <summary>Octets of the list so far; an attribute holds 65,535.</summary>
        public int Length => _list.Length;

        /// <summary>Closes the list and the message.</summary>
        public void Dispose()
        {
            _list.Dispose();
            _message.Dispose();
        }
    }
}
