using System;
using System.Collections.Generic;
using System.Text;
using Dwirm.Policy.Profiles;
using Dwirm.Policy.Rules;
using Dwirm.Wire;

namespace Dwirm.Policy.Tests.Engine;

/// <summary>Short ways to a decision.</summary>
internal static class Desk
{
    public static readonly MacAddress Camera = new(0x020000000001);
    public static readonly Instant Now = new(1_000_000, 1_767_225_600_000, true); // 2026-01-01T00:00:00Z

    /// <summary>What the package ships, as far as the sample is concerned.</summary>
    public static readonly SitePolicy Shipped = Site(
        Rule("full access is the owner's to give", PolicyDecision.Ask, new RuleMatch { Category = "Full Access" }),
        Rule("video inside the home", PolicyDecision.Accept, new RuleMatch { Category = "Video Stream", Direction = ServiceDirection.Provide }),
        Rule("management inside the home", PolicyDecision.Accept, new RuleMatch { Category = "Management", Direction = ServiceDirection.Provide }),
        Rule("firmware updates", PolicyDecision.Accept, new RuleMatch { Category = "Firmware Update", Direction = ServiceDirection.Consume }));

    /// <summary>Everything is accepted as asked, but for what never is.</summary>
    public static readonly SitePolicy Generous = Site(
        Rule("everything", PolicyDecision.Accept, amend: new RuleAmendment { PortForward = ForwardPolicy.Allow }));

    public static SitePolicy Site(params PolicyRule[] rules) => new() { Rules = rules };

    public static PolicyRule Rule(string name, PolicyDecision decision, RuleMatch? match = null, RuleAmendment? amend = null) =>
        new() { Name = name, Decision = decision, Match = match ?? new RuleMatch(), Amend = amend ?? new RuleAmendment() };

    public static IotProfile Parse(string json)
    {
        Assert.True(IotProfile.TryParse(Encoding.UTF8.GetBytes(json), out IotProfile? profile, out ProfileFault fault), fault.Describe());
        return profile!;
    }

    /// <summary>A profile with one category.</summary>
    public static string One(string direction, string category, string options) =>
        "{\"IoT Profile\":{\"Description\":\"Thing\",\"" + direction + "\":{\"" + category + "\":" + options + "}}}";

    public static NegotiationInput Input(string json) => new()
    {
        Profile = Parse(json),
        Mac = Camera,
        Network = "lan",
        Forwards = new Ledger(),
        Zone = FixedZone.Utc,
        Now = Now,
    };

    public static Negotiation Decide(SitePolicy policy, NegotiationInput input, CategoryRegistry? registry = null) =>
        new PolicyEngine(policy, registry ?? CategoryRegistry.Baseline).Negotiate(input);

    public static Negotiation Decide(SitePolicy policy, string json, OwnerVerdict verdict = OwnerVerdict.None) =>
        Decide(policy, Input(json) with { Verdict = verdict });

    public static PortSet Ports(string text)
    {
        Assert.True(PortSet.TryParse(text, out PortSet ports));
        return ports;
    }

    public static DailyWindow Window(string text)
    {
        Assert.True(DailyWindow.TryParse(text, ZoneTable.Default, out DailyWindow window), text);
        return window;
    }

    public static BitRate Rate(string text)
    {
        Assert.True(BitRate.TryParse(text, out BitRate rate), text);
        return rate;
    }
}

/// <summary>Outside ports that are taken by others.</summary>
internal sealed class Ledger : IPortForwardLedger
{
    public List<(MacAddress Holder, Transports Transports, PortRange External)> Taken { get; } = [];

    public bool IsFree(MacAddress mac, Transports transports, PortRange external) =>
        !Taken.Exists(one => one.Holder != mac && (one.Transports & transports) != 0 && one.External.Overlaps(external));
}

/// <summary>A zone that never changes.</summary>
internal sealed class FixedZone(int seconds) : ILocalZone
{
    public static readonly FixedZone Utc = new(0);

    public int OffsetSeconds(long unixSeconds) => seconds;
}

/// <summary>CET with daylight saving time in the middle half of each 365 days, near enough for joining windows.</summary>
internal sealed class SummerZone : ILocalZone
{
    public int OffsetSeconds(long unixSeconds)
    {
        long day = (unixSeconds - Desk.Now.UnixSeconds) / 86400 % 365;
        return Math.Abs(day) is > 87 and < 297 ? 7200 : 3600;
    }
}
