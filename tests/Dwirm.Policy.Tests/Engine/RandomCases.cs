using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Dwirm.Policy.Profiles;
using Dwirm.Policy.Rules;
using static Dwirm.Policy.Tests.Engine.Desk;

namespace Dwirm.Policy.Tests.Engine;

/// <summary>Profiles, policies and registries from a seed. Values come from small pools, so that they meet.</summary>
internal sealed class RandomCases(int seed)
{
    private static readonly string[] Categories = ["Video", "HTTP", "Management", "Update", "Odd Job"];
    private static readonly string[] PortLists = ["", "80", "80,443", "88-99", "22,80-90,443", "1-65535", "443,22,80", "5683,80", "70000"];
    private static readonly string[] Forwards = ["", "80:8080", "88-99:8088-8099", "80,443:8080,8443", "22:22", "1-2:10", "80-81:9000-9001"];
    private static readonly string[] Rates = ["", "Line", "15Kbps", "2Mbps", "999", "quick"];
    private static readonly string[] Windows =
        ["", "All Day", "00:00-23:59", "02:00-04:59", "22:00-05:59", "01:00-05:59L", "20:00-08:00L", "08:00-17:00EST", "12:00-12:00", "25:00-01:00"];
    private static readonly string[] HintLists = ["", "HTTP", "HTTP, COAP", "HTTP, HTTPS, SSH", "NTP", "gopher", "COAP, HTTP"];
    private static readonly string[] Hosts =
        ["https://a.example/x", "a.example", "b.example:99", "coap://b.example", "192.168.1.7:80", "203.0.113.5", "*.bad", "http://a.example:443", "[2001:db8::1]:1"];
    private static readonly string[] HostPatterns = ["*", "a.*", "?.example", "203.*", "192.168.1.7", "a.example"];

    private readonly Random _random = new(seed);

    public string Profile()
    {
        var json = new StringBuilder("{\"IoT Profile\":{\"Description\":\"Thing\"");
        foreach (string direction in new[] { "Provide", "Consume" })
        {
            string[] names = Some(Categories);
            if (names.Length == 0 && direction == "Provide") names = ["Video"];
            if (names.Length == 0) continue;
            json.Append($",\"{direction}\":{{").AppendJoin(',', names.Select(name => $"\"{name}\":{{{Options()}}}")).Append('}');
        }
        return json.Append("}}").ToString();
    }

    public SitePolicy Policy() => new()
    {
        Decision = PolicyDecision.Accept,
        Defaults = Defaults(),
        Rules = Enumerable.Range(0, _random.Next(5)).Select(Rule).ToList(),
    };

    public CategoryRegistry Registry() => new(Some(Categories).Select(name => new CategoryDefinition
    {
        Name = name,
        Ports = Maybe(() => Ports(Good(PortLists, 8))),
        Rate = Maybe(() => (BitRate?)Rate(Good(Rates[1..], 4))),
        Schedule = Maybe(() => Window(Good(Windows[1..], 8))),
        Hints = Maybe(() => Hints.Parse(Good(HintLists, 7))),
        Endpoints = Maybe(() => Names(Some(Hosts[..6]))),
    }));

    private PolicyRule Rule(int index) => Desk.Rule(
        $"rule {index}",
        _random.Next(6) == 0 ? PolicyDecision.Deny : PolicyDecision.Accept,
        new RuleMatch
        {
            Category = Maybe(() => One(Categories)),
            Direction = Maybe(() => (ServiceDirection?)_random.Next(2)),
            Hints = _random.Next(4) == 0 ? "H*" : null,
        },
        new RuleAmendment
        {
            PortForward = (ForwardPolicy)_random.Next(3),
            MaxRate = Maybe(() => Rate(Good(Rates[1..], 4))),
            Schedule = Maybe(() => Window(Good(Windows[1..], 8))),
            Ports = Maybe(() => Ports(Good(PortLists, 8))),
            Endpoints = _random.Next(3) == 0 ? Some(HostPatterns) : null,
        });

    private ServiceDefaults Defaults() => new()
    {
        Rate = Rate(Good(Rates[1..], 4)),
        Schedule = Window(Good(Windows[1..], 8)),
        Endpoints = Names(Some(Hosts[..2])),
    };

    private string Options()
    {
        var options = new List<string>();
        if (Coin()) options.Add($"\"Ports\":\"{One(PortLists)}\"");
        if (Coin()) options.Add($"\"PortFwd\":\"{One(Forwards)}\"");
        if (Coin()) options.Add($"\"Rate\":\"{One(Rates)}\"");
        if (Coin()) options.Add($"\"Schedule\":\"{One(Windows)}\"");
        if (Coin()) options.Add($"\"Hints\":\"{One(HintLists)}\"");
        if (Coin()) options.Add($"\"Endpoints\":[{string.Join(',', Some(Hosts).Select(host => $"\"{host}\""))}]");
        string[] order = [.. options];
        _random.Shuffle(order);
        return string.Join(',', order);
    }

    private static List<EndpointName> Names(string[] texts)
    {
        var names = new List<EndpointName>();
        foreach (string text in texts)
        {
            Assert.True(EndpointName.TryParse(text, out EndpointName? name));
            names.Add(name!);
        }
        return names;
    }

    private bool Coin() => _random.Next(2) == 0;

    private T? Maybe<T>(Func<T> make) => Coin() ? make() : default;

    private string One(string[] pool) => pool[_random.Next(pool.Length)];

    // The faulty ones stand last in each pool.
    private string Good(string[] pool, int count) => pool[_random.Next(count)];

    private string[] Some(string[] pool) => [.. pool.Where(_ => _random.Next(3) == 0)];
}
