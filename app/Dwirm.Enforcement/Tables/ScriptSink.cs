using System;
using System.Text;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Tables;

/// <summary>Writes the ruleset in nft's language, as nft 1.0.6 and later read it.</summary>
internal sealed class ScriptSink(StringBuilder text, Action<SetSpec, StringBuilder> writeElements) : RulesetSink
{
    private bool _inChain;
    private bool _inRule;

    public override void Table(NfFamily family)
    {
        string name = family == NfFamily.Inet ? "inet" : "bridge";
        text.Append("table ").Append(name).Append(" dwirm\ndelete table ").Append(name).Append(" dwirm\ntable ").Append(name).Append(" dwirm {\n");
    }

    public override void EndTable()
    {
        CloseChain();
        text.Append("}\n");
    }

    public override void Set(SetSpec spec)
    {
        text.Append(spec.IsMap ? "\tmap " : "\tset ").Append(spec.Name).Append(" {\n\t\t");
        if (spec.Id == SetId.L2NdOwn) text.Append("typeof ether saddr . @th,64,128");
        else if (spec.Id == SetId.L2NdHeld) text.Append("typeof @th,64,128");
        else
        {
            for (int i = 0; i < spec.Parts.Length; i++) text.Append(i == 0 ? "type " : " . ").Append(SetSpec.TypeName(spec.Parts[i]));
        }
        if (spec.IsMap) text.Append(" : ").Append(spec.DataName);
        text.Append('\n');
        if (spec.Size != 0) text.Append("\t\tsize ").Append(spec.Size).Append('\n');
        Flags(spec.Flags);
        if (spec.TimeoutSeconds != 0) text.Append("\t\ttimeout ").Append(spec.TimeoutSeconds).Append("s\n");
        if (spec.Limit) text.Append("\t\tlimit rate over ").Append(SetSpec.DefaultLimit).Append(" bytes/second burst 1600 bytes counter\n");
        if (spec.Counter) text.Append("\t\tcounter\n");
        writeElements(spec, text);
        text.Append("\t}\n");
    }

    public override void Counter(string name) => text.Append("\tcounter ").Append(name).Append(" {\n\t}\n");

    public override void Chain(string name)
    {
        CloseChain();
        text.Append("\tchain ").Append(name).Append(" {\n");
        _inChain = true;
    }

    public override void BaseChain(string name, string type, NftHook hook, int priority, string priorityText)
    {
        Chain(name);
        string at = hook switch
        {
            NftHook.Prerouting => "prerouting",
            NftHook.Input => "input",
            NftHook.Forward => "forward",
            NftHook.Output => "output",
            _ => "postrouting",
        };
        text.Append("\t\ttype ").Append(type).Append(" hook ").Append(at).Append(" priority ").Append(priorityText).Append("; policy accept;\n");
    }

    public override RulesetSink Is(Field field, uint value, string valueText) => Word(field.Text).Word(valueText);

    public override RulesetSink IsNot(Field field, uint value, string valueText) => Word(field.Text).Word("!=").Word(valueText);

    public override RulesetSink Any(Field field, uint mask, string maskText) =>
        field.Source == FieldSource.Ct ? Word(field.Text).Word(maskText) : Word(field.Text).Word("&").Word(maskText).Word("!= 0");

    public override RulesetSink NoneOf(Field field, uint mask, string maskText) => Word(field.Text).Word("&").Word(maskText).Word("== 0");

    public override RulesetSink In(SetId set, params ReadOnlySpan<Field> fields) => Key(fields).Name(set);

    public override RulesetSink NotIn(SetId set, Field field) => Word(field.Text).Word("!=").Name(set);

    public override void Verdicts(SetId map, Field field)
    {
        Word(field.Text).Word("vmap").Name(map);
        Done();
    }

    public override RulesetSink Put(Field target, SetId map, params ReadOnlySpan<Field> fields) =>
        Word(target.Text).Word("set").Key(fields).Word("map").Name(map);

    public override RulesetSink Remember(SetId set, params ReadOnlySpan<Field> fields) => Word("update").Name(set).Word("{").Key(fields).Word("}");

    public override RulesetSink LimitEach(SetId set, Field field, uint perSecond, uint burst)
    {
        Word("update").Name(set).Word("{").Word(field.Text);
        Limit(perSecond, burst);
        return Word("}");
    }

    public override RulesetSink Limit(uint perSecond, uint burst)
    {
        Word("limit rate");
        text.Append(' ').Append(perSecond).Append("/second burst ").Append(burst).Append(" packets");
        return this;
    }

    public override RulesetSink SetMarkBit(uint bit)
    {
        Word("meta mark set meta mark or 0x");
        text.Append(bit.ToString("x8"));
        return this;
    }

    public override RulesetSink SetMark(uint value)
    {
        Word("meta mark set 0x");
        text.Append(value.ToString("x8"));
        return this;
    }

    public override RulesetSink Log(string prefix, ushort group, uint snapLength)
    {
        Word("log prefix \"");
        text.Append(prefix).Append("\" group ").Append(group).Append(" snaplen ").Append(snapLength);
        return this;
    }

    public override RulesetSink Count(string counter)
    {
        Word("counter name \"");
        text.Append(counter).Append('"');
        return this;
    }

    public override void Dnat(SetId map)
    {
        Word("dnat ip to meta l4proto . th dport map").Name(map);
        Done();
    }

    public override void Masquerade() => Word("masquerade").Done();

    public override void Redirect(ushort port)
    {
        Word("redirect to");
        text.Append(" :").Append(port);
        Done();
    }

    public override void Accept() => Word("accept").Done();

    public override void Drop() => Word("drop").Done();

    public override void Goto(string chain) => Word("goto").Word(chain).Done();

    public override void Jump(string chain) => Word("jump").Word(chain).Done();

    public override void Done()
    {
        text.Append('\n');
        _inRule = false;
    }

    private ScriptSink Word(string word)
    {
        text.Append(_inRule ? " " : "\t\t").Append(word);
        _inRule = true;
        return this;
    }

    private ScriptSink Name(SetId set)
    {
        text.Append(" @").Append(Sets.Get(set).Name);
        return this;
    }

    private ScriptSink Key(ReadOnlySpan<Field> fields)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            if (i > 0) Word(".");
            Word(fields[i].Text);
        }
        return this;
    }

    private void Flags(NftSetFlags flags)
    {
        string words = (flags & (NftSetFlags.Interval | NftSetFlags.Timeout | NftSetFlags.Dynamic)) switch
        {
            NftSetFlags.Interval => "interval",
            NftSetFlags.Timeout => "timeout",
            NftSetFlags.Interval | NftSetFlags.Timeout => "interval,timeout",
            NftSetFlags.Dynamic | NftSetFlags.Timeout => "dynamic,timeout",
            _ => "",
        };
        if (words.Length > 0) text.Append("\t\tflags ").Append(words).Append('\n');
    }

    private void CloseChain()
    {
        if (_inChain) text.Append("\t}\n");
        _inChain = false;
    }
}
