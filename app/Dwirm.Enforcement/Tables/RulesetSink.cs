using System;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Tables;

/// <summary>
/// Where the ruleset is written to: to the kernel (<see cref="NetlinkSink"/>) or to people (<see cref="ScriptSink"/>). The rules stand once,
/// in <see cref="Ruleset"/>, so the two cannot drift apart. A rule is a row of conditions and statements that ends with <see cref="Done"/>,
/// <see cref="Accept"/>, <see cref="Drop"/>, <see cref="Goto"/> or <see cref="Jump"/>.
/// </summary>
internal abstract class RulesetSink
{
    /// <summary>Starts a table that is new and empty, whatever was there before.</summary>
    public abstract void Table(NfFamily family);

    public abstract void EndTable();

    public abstract void Set(SetSpec spec);

    public abstract void Counter(string name);

    /// <summary>Starts a chain; the rules that follow are its own.</summary>
    public abstract void Chain(string name);

    /// <summary>Starts a chain at a hook. <paramref name="priorityText"/> is what nft calls <paramref name="priority"/>.</summary>
    public abstract void BaseChain(string name, string type, NftHook hook, int priority, string priorityText);

    /// <summary>Goes on when the field has this value.</summary>
    public abstract RulesetSink Is(Field field, uint value, string text);

    /// <summary>Goes on when the field has another value.</summary>
    public abstract RulesetSink IsNot(Field field, uint value, string text);

    /// <summary>Goes on when a bit of <paramref name="mask"/> is set.</summary>
    public abstract RulesetSink Any(Field field, uint mask, string text);

    /// <summary>Goes on when no bit of <paramref name="mask"/> is set.</summary>
    public abstract RulesetSink NoneOf(Field field, uint mask, string text);

    /// <summary>Goes on when the concatenation is in the set.</summary>
    public abstract RulesetSink In(SetId set, params ReadOnlySpan<Field> fields);

    /// <summary>Goes on when the field is not in the set.</summary>
    public abstract RulesetSink NotIn(SetId set, Field field);

    /// <summary>Takes the verdict the map has for the field, and ends the rule.</summary>
    public abstract void Verdicts(SetId map, Field field);

    /// <summary>Sets <c>ct mark</c> or <c>meta priority</c> to what the map has for the concatenation; goes on only when it has something.</summary>
    public abstract RulesetSink Put(Field target, SetId map, params ReadOnlySpan<Field> fields);

    /// <summary>Puts the concatenation into a dynamic set or refreshes it.</summary>
    public abstract RulesetSink Remember(SetId set, params ReadOnlySpan<Field> fields);

    /// <summary>Goes on for so many packets a second of each value of the field.</summary>
    public abstract RulesetSink LimitEach(SetId set, Field field, uint perSecond, uint burst);

    /// <summary>Goes on for so many packets a second.</summary>
    public abstract RulesetSink Limit(uint perSecond, uint burst);

    /// <summary>Sets a bit of the packet's mark.</summary>
    public abstract RulesetSink SetMarkBit(uint bit);

    public abstract RulesetSink SetMark(uint value);

    public abstract RulesetSink Log(string prefix, ushort group, uint snapLength);

    public abstract RulesetSink Count(string counter);

    /// <summary>Changes the destination to what the map has for protocol and port, and ends the rule.</summary>
    public abstract void Dnat(SetId map);

    /// <summary>Changes the destination to the router itself, at this port, and ends the rule; for nat chains at prerouting.</summary>
    public abstract void Redirect(ushort port);

    /// <summary>Changes the source to the router's address, and ends the rule.</summary>
    public abstract void Masquerade();

    public abstract void Accept();

    public abstract void Drop();

    public abstract void Goto(string chain);

    public abstract void Jump(string chain);

    /// <summary>Ends a rule that has no verdict.</summary>
    public abstract void Done();
}
