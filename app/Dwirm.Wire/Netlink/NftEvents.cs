using System;
using System.Text;

namespace Dwirm.Wire.Netlink;

/// <summary>What nf_tables tells of changes (group NFNLGRP_NFTABLES), and the few objects that are read back by name.</summary>
public static class NftEvents
{
    private const int Subsystem = 10, HeaderSize = 4;
    private const uint CounterObject = 1;
    private const ushort NFTA_TABLE = 1; // the name of the table in every message but that of a generation
    private const ushort NFTA_GEN_PROC_PID = 2, NFTA_GEN_PROC_NAME = 3;
    private const ushort NFTA_OBJ_NAME = 2, NFTA_OBJ_TYPE = 3, NFTA_OBJ_DATA = 4, NFTA_COUNTER_PACKETS = 2;
    private const ushort NFTA_FLOWTABLE_NAME = 2, NFTA_FLOWTABLE_FLAGS = 7;
    private const ushort NFTA_RULE_CHAIN = 2, NFTA_RULE_HANDLE = 3, NFTA_RULE_EXPRESSIONS = 4, NFTA_EXPR_NAME = 1;
    private const uint NFT_FLOWTABLE_HW_OFFLOAD = 1;

    /// <summary>Reads a message of nf_tables, an event or an answer; false when it is of another subsystem or malformed.</summary>
    public static bool TryRead(in NetlinkMessage message, out NftEvent found)
    {
        found = default;
        if (message.Type >> 8 != Subsystem || message.Payload.Length < HeaderSize) return false;
        found.Kind = (NftMessage)(byte)message.Type;
        found.Family = (NfFamily)message.Payload[0];
        NetlinkAttributes attributes = message.Attributes(HeaderSize);
        bool generation = found.Kind == NftMessage.NewGeneration;
        while (attributes.Next())
        {
            if (!generation && attributes.Type == NFTA_TABLE) found.Table = attributes.Value.TrimEnd((byte)0);
            else if (generation && attributes.Type == NFTA_GEN_PROC_NAME) found.Process = attributes.Value.TrimEnd((byte)0);
            else if (generation && attributes.Type == NFTA_GEN_PROC_PID && attributes.TryU32Be(out uint pid)) found.ProcessId = pid;
        }
        return !attributes.Malformed;
    }

    /// <summary>Asks for the named counters of a table.</summary>
    public static void DumpCounters(this NetlinkWriter writer, uint sequence, NfFamily family, string table)
    {
        using (writer.Message(NftMessages.TypeOf(NftMessage.GetObject), NetlinkFlags.Request | NetlinkFlags.Dump, sequence))
        {
            writer.NfGenMessage(family);
            writer.PutStringZ(NFTA_TABLE, table);
            writer.PutU32Be(NFTA_OBJ_TYPE, CounterObject);
        }
    }

    /// <summary>Reads a named counter; false when it is another message or malformed.</summary>
    public static bool TryReadCounter(in NetlinkMessage message, out string name, out ulong packets)
    {
        (name, packets) = ("", 0);
        if (message.Type != NftMessages.TypeOf(NftMessage.NewObject)) return false;
        NetlinkAttributes attributes = message.Attributes(HeaderSize);
        while (attributes.Next())
        {
            if (attributes.Type == NFTA_OBJ_NAME) name = Text(attributes);
            if (attributes.Type != NFTA_OBJ_DATA) continue;
            NetlinkAttributes data = attributes.Inner();
            while (data.Next())
            {
                if (data.Type == NFTA_COUNTER_PACKETS && data.TryU64Be(out ulong count)) packets = count;
            }
        }
        return !attributes.Malformed && name.Length > 0;
    }

    /// <summary>Asks for the flowtables of all tables.</summary>
    public static void DumpFlowtables(this NetlinkWriter writer, uint sequence)
    {
        using (writer.Message(NftMessages.TypeOf(NftMessage.GetFlowtable), NetlinkFlags.Request | NetlinkFlags.Dump, sequence))
            writer.NfGenMessage(NfFamily.Unspecified);
    }

    /// <summary>Reads a flowtable; false when it is another message or malformed.</summary>
    public static bool TryReadFlowtable(in NetlinkMessage message, out NftFlowtable flowtable)
    {
        flowtable = new NftFlowtable { Table = "", Name = "" };
        if (message.Type != NftMessages.TypeOf(NftMessage.NewFlowtable) || message.Payload.Length < HeaderSize) return false;
        flowtable.Family = (NfFamily)message.Payload[0];
        NetlinkAttributes attributes = message.Attributes(HeaderSize);
        while (attributes.Next())
        {
            if (attributes.Type == NFTA_TABLE) flowtable.Table = Text(attributes);
            else if (attributes.Type == NFTA_FLOWTABLE_NAME) flowtable.Name = Text(attributes);
            else if (attributes.Type == NFTA_FLOWTABLE_FLAGS && attributes.TryU32Be(out uint flags)) flowtable.Hardware = (flags & NFT_FLOWTABLE_HW_OFFLOAD) != 0;
        }
        return !attributes.Malformed && flowtable.Name.Length > 0;
    }

    /// <summary>Asks for the rules of one table.</summary>
    public static void DumpRules(this NetlinkWriter writer, uint sequence, NfFamily family, string table)
    {
        using (writer.Message(NftMessages.TypeOf(NftMessage.GetRule), NetlinkFlags.Request | NetlinkFlags.Dump, sequence))
        {
            writer.NfGenMessage(family);
            writer.PutStringZ(NFTA_TABLE, table);
        }
    }

    /// <summary>Reads a rule that puts flows into a flowtable; false when it is another message or another rule.</summary>
    public static bool TryReadOffloadRule(in NetlinkMessage message, out string chain, out ulong handle)
    {
        (chain, handle) = ("", 0);
        if (message.Type != NftMessages.TypeOf(NftMessage.NewRule)) return false;
        bool offloads = false;
        NetlinkAttributes attributes = message.Attributes(HeaderSize);
        while (attributes.Next())
        {
            if (attributes.Type == NFTA_RULE_CHAIN) chain = Text(attributes);
            else if (attributes.Type == NFTA_RULE_HANDLE && attributes.TryU64Be(out ulong number)) handle = number;
            else if (attributes.Type == NFTA_RULE_EXPRESSIONS)
            {
                NetlinkAttributes list = attributes.Inner();
                while (list.Next()) offloads |= IsOffload(list.Inner());
            }
        }
        return offloads && handle != 0 && !attributes.Malformed;
    }

    /// <summary>Deletes one rule.</summary>
    public static void DeleteRule(this NetlinkWriter writer, uint sequence, NfFamily family, string table, string chain, ulong handle)
    {
        using (writer.Message(NftMessages.TypeOf(NftMessage.DeleteRule), NetlinkFlags.Request, sequence))
        {
            writer.NfGenMessage(family);
            writer.PutStringZ(NFTA_TABLE, table);
            writer.PutStringZ(NFTA_RULE_CHAIN, chain);
            writer.PutU64Be(NFTA_RULE_HANDLE, handle);
        }
    }

    /// <summary>Deletes a flowtable that no rule uses; the kernel takes its flows back.</summary>
    public static void DeleteFlowtable(this NetlinkWriter writer, uint sequence, NfFamily family, string table, string name)
    {
        using (writer.Message(NftMessages.TypeOf(NftMessage.DeleteFlowtable), NetlinkFlags.Request, sequence))
        {
            writer.NfGenMessage(family);
            writer.PutStringZ(NFTA_TABLE, table);
            writer.PutStringZ(NFTA_FLOWTABLE_NAME, name);
        }
    }

    private static bool IsOffload(NetlinkAttributes expression)
    {
        while (expression.Next())
        {
            if (expression.Type == NFTA_EXPR_NAME) return expression.Value.TrimEnd((byte)0).SequenceEqual("flow_offload"u8);
        }
        return false;
    }

    private static string Text(in NetlinkAttributes attributes) => Encoding.ASCII.GetString(attributes.Value.TrimEnd((byte)0));
}

/// <summary>One message of nf_tables, as a view over the receive buffer.</summary>
public ref struct NftEvent
{
    /// <summary>What happened.</summary>
    public NftMessage Kind { get; internal set; }

    /// <summary>Family of the table.</summary>
    public NfFamily Family { get; internal set; }

    /// <summary>Name of the table; empty for a new generation.</summary>
    public ReadOnlySpan<byte> Table { get; internal set; }

    /// <summary>Name of the process that made a new generation, at most fifteen octets of its own choice.</summary>
    public ReadOnlySpan<byte> Process { get; internal set; }

    /// <summary>Id of that process.</summary>
    public uint ProcessId { get; internal set; }
}

/// <summary>Where established flows are taken past all rules.</summary>
public struct NftFlowtable
{
    /// <summary>Family of the table it is in.</summary>
    public NfFamily Family { get; internal set; }

    /// <summary>The table it is in.</summary>
    public string Table { get; internal set; }

    /// <summary>Its name.</summary>
    public string Name { get; internal set; }

    /// <summary>True when the hardware forwards its flows, unseen by the kernel.</summary>
    public bool Hardware { get; internal set; }
}
