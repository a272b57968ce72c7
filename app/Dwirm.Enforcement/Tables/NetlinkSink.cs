using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Tables;

/// <summary>
/// Writes the ruleset as netlink messages of one transaction. Chains have to stand before anything goes to them, so the ruleset is written
/// twice: once with <see cref="Declaring"/> for tables, sets, counters and chains, once for the rules.
/// </summary>
internal sealed class NetlinkSink(NetlinkWriter writer, Func<uint> nextSequence) : RulesetSink
{
    /// <summary>Smaller sets are left to grow by themselves.</summary>
    private const int SizedFrom = 1024;

    private NfFamily _family;
    private string _chain = "";
    private NftMessages.ListScope _rule;
    private bool _open;
    private bool _ethernet;
    private Needs _network, _transport;

    /// <summary>Exactly what nft writes for "ether saddr . @th,64,128": without it nft cannot list a key with a nameless number.</summary>
    private static ReadOnlySpan<byte> NdTargetNotes =>
    [
        0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x03, 0x46, 0x00, 0x04, 0x0d, 0x00, 0x00, 0x00, 0x01, 0x3e, 0x00, 0x14, 0x00, 0x04,
        0x07, 0x00, 0x00, 0x00, 0x01, 0x0c, 0x00, 0x04, 0x11, 0x00, 0x00, 0x00, 0x01, 0x04, 0x02, 0x00, 0x00, 0x00, 0x01, 0x26,
        0x00, 0x04, 0x07, 0x00, 0x00, 0x00, 0x01, 0x1e, 0x00, 0x04, 0x00, 0x00, 0x00, 0x00, 0x01, 0x04, 0x00, 0x00, 0x00, 0x00,
        0x02, 0x04, 0x03, 0x00, 0x00, 0x00, 0x03, 0x04, 0x40, 0x00, 0x00, 0x00, 0x04, 0x04, 0x80, 0x00, 0x00, 0x00,
    ];

    /// <summary>The same for "@th,64,128" alone.</summary>
    private static ReadOnlySpan<byte> NdHeldNotes =>
    [
        0x00, 0x04, 0x02, 0x00, 0x00, 0x00, 0x03, 0x26, 0x00, 0x04, 0x07, 0x00, 0x00, 0x00, 0x01, 0x1e, 0x00, 0x04, 0x00, 0x00,
        0x00, 0x00, 0x01, 0x04, 0x00, 0x00, 0x00, 0x00, 0x02, 0x04, 0x03, 0x00, 0x00, 0x00, 0x03, 0x04, 0x40, 0x00, 0x00, 0x00,
        0x04, 0x04, 0x80, 0x00, 0x00, 0x00,
    ];

    // Type, length, value in host order: 0 is the key's byte order, 1 the data's, and the value 1 says host order.
    private static ReadOnlySpan<byte> HostKeyNotes => BitConverter.IsLittleEndian ? [0, 4, 1, 0, 0, 0] : [0, 4, 0, 0, 0, 1];

    private static ReadOnlySpan<byte> HostDataNotes => BitConverter.IsLittleEndian ? [1, 4, 1, 0, 0, 0] : [1, 4, 0, 0, 0, 1];

    public bool Declaring { get; set; }

    /// <summary>
    /// Elements that are about to be put into each set, by its number. A large set is declared with room for twice as many: made small, its
    /// hash table grows in the background, and until that has had the processor every element costs a walk along a chain. One that outgrows
    /// its room is refused, and everything is loaded anew.
    /// </summary>
    public int[] Expected { get; init; } = [];

    public override void Table(NfFamily family)
    {
        _family = family;
        if (!Declaring) return;
        // Add, delete, add: the table is new whether or not there was one.
        writer.NewTable(nextSequence(), family, Ruleset.TableName);
        writer.DeleteTable(nextSequence(), family, Ruleset.TableName);
        writer.NewTable(nextSequence(), family, Ruleset.TableName);
    }

    public override void EndTable() => _chain = "";

    public override void Set(SetSpec spec)
    {
        if (!Declaring) return;
        uint keyType = 0;
        Span<byte> fields = stackalloc byte[spec.Parts.Length];
        for (int i = 0; i < spec.Parts.Length; i++)
        {
            keyType = NftType.Join(keyType, SetSpec.TypeOf(spec.Parts[i]));
            fields[i] = (byte)SetSpec.LengthOf(spec.Parts[i]);
        }
        writer.NewSet(nextSequence(), _family, Ruleset.TableName, new NftSet
        {
            Name = spec.Name,
            Id = (uint)spec.Id,
            Flags = spec.Flags,
            KeyType = keyType,
            KeyLength = spec.Parts.Length == 1 ? SetSpec.LengthOf(spec.Parts[0]) : spec.KeyLength,
            DataType = spec.DataType,
            DataLength = spec.DataLength,
            FieldLengths = spec.IsInterval ? fields : default,
            Size = SizeOf(spec),
            TimeoutMs = spec.TimeoutSeconds * 1000UL,
            Counter = spec.Counter,
            LimitBytesPerSecond = spec.Limit ? SetSpec.DefaultLimit : 0,
            UserData = NotesOf(spec),
        });
    }

    private uint SizeOf(SetSpec spec)
    {
        if (spec.Size != 0 || spec.IsInterval || (int)spec.Id >= Expected.Length || Expected[(int)spec.Id] < SizedFrom) return spec.Size;
        return 2 * (uint)Expected[(int)spec.Id];
    }

    public override void Counter(string name)
    {
        if (Declaring) writer.NewCounter(nextSequence(), _family, Ruleset.TableName, name);
    }

    public override void Chain(string name)
    {
        _chain = name;
        if (Declaring) writer.NewChain(nextSequence(), _family, Ruleset.TableName, name);
    }

    public override void BaseChain(string name, string type, NftHook hook, int priority, string priorityText)
    {
        _chain = name;
        if (Declaring) writer.NewBaseChain(nextSequence(), _family, Ruleset.TableName, name, type, hook, priority);
    }

    public override RulesetSink Is(Field field, uint value, string text) => Compare(field, value, true);

    public override RulesetSink IsNot(Field field, uint value, string text) => Compare(field, value, false);

    public override RulesetSink Any(Field field, uint mask, string text) => Masked(field, mask, false);

    public override RulesetSink NoneOf(Field field, uint mask, string text) => Masked(field, mask, true);

    public override RulesetSink In(SetId set, params ReadOnlySpan<Field> fields)
    {
        if (!Begin()) return this;
        LoadKey(fields, Sets.Get(set).IsInterval);
        writer.Lookup(Sets.Get(set).Name, 0, 0);
        return this;
    }

    public override RulesetSink NotIn(SetId set, Field field)
    {
        if (!Begin()) return this;
        LoadKey([field]);
        writer.Lookup(Sets.Get(set).Name, 0, 0, invert: true);
        return this;
    }

    public override void Verdicts(SetId map, Field field)
    {
        if (!Begin()) return;
        LoadKey([field]);
        writer.LookupVerdict(Sets.Get(map).Name, 0, 0);
        Done();
    }

    public override RulesetSink Put(Field target, SetId map, params ReadOnlySpan<Field> fields)
    {
        if (!Begin()) return this;
        LoadKey(fields, Sets.Get(map).IsInterval);
        writer.LookupMap(Sets.Get(map).Name, 0, 0, 0);
        if (target.Source == FieldSource.Ct) writer.CtSet((NftCt)target.Key, 0);
        else writer.MetaSet((NftMeta)target.Key, 0);
        return this;
    }

    public override RulesetSink Remember(SetId set, params ReadOnlySpan<Field> fields)
    {
        if (!Begin()) return this;
        LoadKey(fields);
        writer.UpdateSet(Sets.Get(set).Name, 0, 0);
        return this;
    }

    public override RulesetSink LimitEach(SetId set, Field field, uint perSecond, uint burst)
    {
        if (!Begin()) return this;
        LoadKey([field]);
        writer.UpdateSetLimited(Sets.Get(set).Name, 0, 0, perSecond, burst);
        return this;
    }

    public override RulesetSink Limit(uint perSecond, uint burst)
    {
        if (Begin()) writer.Limit(perSecond, burst);
        return this;
    }

    public override RulesetSink SetMarkBit(uint bit)
    {
        if (!Begin()) return this;
        writer.Meta(NftMeta.Mark, 0);
        uint rest = ~bit;
        writer.Bitwise(0, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in rest)), MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in bit)));
        writer.MetaSet(NftMeta.Mark, 0);
        return this;
    }

    public override RulesetSink SetMark(uint value)
    {
        if (!Begin()) return this;
        writer.Immediate(0, MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in value)));
        writer.MetaSet(NftMeta.Mark, 0);
        return this;
    }

    public override RulesetSink Log(string prefix, ushort group, uint snapLength)
    {
        if (Begin()) writer.LogGroup(prefix, group, snapLength);
        return this;
    }

    public override RulesetSink Count(string counter)
    {
        if (Begin()) writer.CounterReference(counter);
        return this;
    }

    public override void Dnat(SetId map)
    {
        if (!Begin()) return;
        LoadKey([Field.L4Protocol, Field.Dport]);
        writer.LookupMap(Sets.Get(map).Name, 0, 0, 0);
        writer.DnatIpv4(0, Sets.Get(map).Data == DataKind.AddressPort ? 1 : -1);
        Done();
    }

    public override void Masquerade()
    {
        if (!Begin()) return;
        writer.Masquerade();
        Done();
    }

    public override void Redirect(ushort port)
    {
        if (!Begin()) return;
        Span<byte> number = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(number, port);
        writer.Immediate(0, number);
        writer.Redirect(0);
        Done();
    }

    public override void Accept() => Verdict(NftVerdict.Accept, null);

    public override void Drop() => Verdict(NftVerdict.Drop, null);

    public override void Goto(string chain) => Verdict(NftVerdict.Goto, chain);

    public override void Jump(string chain) => Verdict(NftVerdict.Jump, chain);

    public override void Done()
    {
        if (Declaring) return;
        _rule.Dispose();
        _open = false;
    }

    private static ReadOnlySpan<byte> NotesOf(SetSpec spec) => spec switch
    {
        { Id: SetId.L2NdOwn } => NdTargetNotes,
        { Id: SetId.L2NdHeld } => NdHeldNotes,
        { Data: DataKind.Mark or DataKind.Class } => HostDataNotes,
        { Parts: [KeyPart.IfName or KeyPart.Mark] } => HostKeyNotes,
        _ => default,
    };

    private void Verdict(NftVerdict verdict, string? chain)
    {
        if (!Begin()) return;
        writer.Verdict(verdict, chain);
        Done();
    }

    private bool Begin()
    {
        if (Declaring) return false;
        if (_open) return true;
        _rule = writer.NewRule(nextSequence(), _family, Ruleset.TableName, _chain);
        _open = true;
        _ethernet = false;
        _network = _transport = Needs.Nothing;
        return true;
    }

    private NetlinkSink Compare(Field field, uint value, bool equal)
    {
        if (!Begin()) return this;
        LoadKey([field]);
        CompareRegister(field, value, equal);
        return this;
    }

    private void CompareRegister(Field field, uint value, bool equal)
    {
        Span<byte> wanted = stackalloc byte[16];
        writer.Cmp(0, equal, wanted[..ValueOf(field, value, wanted)]);
    }

    private static int ValueOf(Field field, uint value, Span<byte> into)
    {
        into.Clear();
        int length = field.Length;
        if (length == 1) into[0] = (byte)value;
        else if (!field.HostOrder) BinaryPrimitives.WriteUInt32BigEndian(into[(Math.Max(length, 4) - 4)..], length == 2 ? value << 16 : value);
        else if (length == 2) MemoryMarshal.Write(into, (ushort)value);
        else MemoryMarshal.Write(into, in value);
        return length;
    }

    private NetlinkSink Masked(Field field, uint mask, bool none)
    {
        if (!Begin()) return this;
        LoadKey([field]);
        Span<byte> bits = stackalloc byte[16], zero = stackalloc byte[16];
        zero.Clear();
        int length = ValueOf(field, mask, bits);
        writer.Bitwise(0, bits[..length], zero[..length]);
        writer.Cmp(0, none, zero[..length]);
        return this;
    }

    // Ranges are compared octet by octet, so numbers stand in network order there, as nft has it.
    private void LoadKey(ReadOnlySpan<Field> fields, bool ranges = false)
    {
        foreach (Field field in fields) Require(field.Needs);
        int register = 0;
        foreach (Field field in fields)
        {
            Load(field, register);
            if (ranges && field.HostOrder && field.Length == 4) writer.ToNetworkOrder(register);
            register += SetSpec.Padded(field.Length) / 4;
        }
    }

    private void Load(Field field, int register)
    {
        switch (field.Source)
        {
            case FieldSource.Meta: writer.Meta((NftMeta)field.Key, register); break;
            case FieldSource.Ct: writer.Ct((NftCt)field.Key, register); break;
            case FieldSource.CtOriginal: writer.Ct((NftCt)field.Key, register, 0); break;
            case FieldSource.Payload: writer.Payload(field.Base, field.Offset, field.Length, register); break;
            default: writer.FibDestinationType(register); break;
        }
        // A rule that says the family or the protocol itself needs no second test for it.
        if (field == Field.NfProtocol) _network = Needs.Ip;
    }

    /// <summary>What nft would put in front by itself, once a rule.</summary>
    private void Require(Needs needs)
    {
        switch (needs)
        {
            case Needs.Ethernet when _family == NfFamily.Inet && !_ethernet:
                Test(Field.IifType, 1);
                _ethernet = true;
                break;
            case Needs.Ip or Needs.Ip6 or Needs.Arp:
                Network(needs);
                break;
            case Needs.Udp:
                Transport(needs, 17);
                break;
            case Needs.Icmp:
                Network(Needs.Ip);
                Transport(needs, 1);
                break;
            case Needs.Icmpv6:
                Network(Needs.Ip6);
                Transport(needs, 58);
                break;
            default:
                break;
        }
    }

    private void Network(Needs needs)
    {
        if (_network == needs) return;
        _network = needs;
        uint ethertype = needs switch { Needs.Ip => 0x0800u, Needs.Ip6 => 0x86ddu, _ => 0x0806u };
        if (_family == NfFamily.Bridge) Test(Field.EtherProtocol, ethertype);
        else Test(Field.NfProtocol, needs == Needs.Ip ? 2u : 10u);
        _network = needs;
    }

    private void Transport(Needs needs, uint protocol)
    {
        if (_transport == needs) return;
        _transport = needs;
        Test(Field.L4Protocol, protocol);
    }

    private void Test(Field field, uint value)
    {
        Load(field, 0);
        CompareRegister(field, value, true);
    }
}
