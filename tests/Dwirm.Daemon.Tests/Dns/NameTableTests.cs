using System;
using System.Collections.Generic;
using System.Linq;
using Dwirm.Daemon.Dns;
using Dwirm.Daemon.Loop;
using Dwirm.Policy;
using Dwirm.Policy.Profiles;
using Dwirm.Wire;
using Dwirm.Wire.Dns;

namespace Dwirm.Daemon.Tests.Dns;

[Trait("Requirement", "DNS-01")]
public class NameTableTests
{
    private const string Name = "update.example.com";
    private static readonly MacAddress Camera = new(1);
    private static readonly Ipv4Address Address = new(0xcb007105);
    private readonly Deadlines _deadlines = new();
    private readonly List<(string Name, ushort Type)> _asked = [];
    private readonly List<string> _changed = [];
    private readonly NameTable _names;
    private Instant _now = new(1_000_000, 1_767_225_600_000, true);
    private bool _hasRoom = true;

    public NameTableTests() => _names = new NameTable(_deadlines, Ask, _changed.Add);

    [Fact]
    public void A_name_without_an_address_is_asked_about_again_soon()
    {
        _names.Assign(Camera, Needs(Name), _now);
        Answer(responseCode: 3);
        Wait(60_000);
        Assert.Equal(4, _asked.Count);
        Answer(ttl: 300);
        Assert.Equal([Address], _names.Resolve(Name));
    }

    [Theory]
    [InlineData(300)]
    [InlineData(7200)]
    [InlineData(int.MaxValue)]
    public void An_address_stays_while_it_is_asked_about_again(int ttl)
    {
        _names.Assign(Camera, Needs(Name), _now);
        Answer(ttl: ttl);
        Wait(Math.Min(ttl * 1000L, 86_400_000));
        Assert.Equal(4, _asked.Count);
        Assert.Equal([Address], _names.Resolve(Name));
    }

    [Theory]
    [InlineData(300)]
    [InlineData(int.MaxValue)]
    public void An_address_that_is_not_answered_any_more_goes(int ttl)
    {
        _names.Assign(Camera, Needs(Name), _now);
        Answer(ttl: ttl);
        for (int i = 0; i < 26 * 60; i++) Wait(60_000);
        Assert.Empty(_names.Resolve(Name));
    }

    [Fact]
    public void Only_an_open_question_is_answered()
    {
        _names.Assign(Camera, Needs(Name), _now);
        Answer(ttl: 300);
        Take(Message.Answer(Name, DnsType.A, ("203.0.113.102", 300)));
        Assert.Equal([Address], _names.Resolve(Name));
    }

    [Fact]
    public void Both_families_are_asked_for_and_the_shorter_time_counts()
    {
        _names.Assign(Camera, Needs(Name), _now);
        Assert.Equal([(Name, DnsType.A), (Name, DnsType.Aaaa)], _asked);
        Take(Message.Answer(Name, DnsType.A, ("203.0.113.5", 7200)));
        Take(Message.Answer(Name, DnsType.Aaaa, ("2001:db8::5", 300)));
        Assert.Equal("2001:db8::5", Assert.Single(_names.Resolve6(Name)).ToString());
        Wait(299_000);
        Assert.Equal(2, _asked.Count);
        Wait(1000);
        Assert.Equal(4, _asked.Count);
    }

    [Fact]
    [Trait("Requirement", "DNS-03")]
    public void An_answer_on_its_way_to_a_device_is_learnt_and_told_once()
    {
        _names.Assign(Camera, Needs(Name), _now);
        Assert.True(Learn(Message.Answer(Name, DnsType.A, ("203.0.113.9", 1), ("203.0.113.10", 1))));
        Assert.True(Learn(Message.Answer(Name, DnsType.A, ("203.0.113.10", 1), ("203.0.113.9", 1))));
        Assert.Equal([Name], _changed);
        Assert.Equal(["203.0.113.9", "203.0.113.10"], [.. _names.Resolve(Name).Select(a => a.ToString())]);
        Assert.False(Learn(Message.Answer("other.example", DnsType.A, ("203.0.113.11", 1))));
        Assert.Empty(_names.Resolve("other.example"));
    }

    [Fact]
    public void Aliases_are_learnt_to_their_end_and_other_names_are_not()
    {
        _names.Assign(Camera, Needs(Name), _now);
        byte[] answer = Message.Records(Name, DnsType.A,
            Message.Alias(Name, "cdn.example", 300), Message.Alias("cdn.example", "edge.example", 60),
            Message.Address("edge.example", "203.0.113.20", 30), Message.Address("evil.example", "203.0.113.66", 30));
        Assert.True(Learn(answer));
        Assert.Equal(["203.0.113.20"], [.. _names.Resolve(Name).Select(a => a.ToString())]);
    }

    [Fact]
    public void What_a_device_did_not_want_validated_is_not_learnt()
    {
        _names.Assign(Camera, Needs(Name), _now);
        byte[] answer = Message.Answer(Name, DnsType.A, ("203.0.113.9", 60));
        answer[3] |= 0x10;
        Assert.True(Learn(answer));
        Assert.Empty(_names.Resolve(Name));
    }

    [Fact]
    [Trait("Requirement", "DNS-03")]
    public void Of_a_name_with_ever_new_addresses_the_latest_are_kept()
    {
        _names.Assign(Camera, Needs(Name), _now);
        for (int i = 0; i < 200; i++)
        {
            Wait(1000);
            Learn(Message.Answer(Name, DnsType.A, ($"198.18.0.{i}", 1)));
        }
        Assert.Equal(64, _names.Resolve(Name).Count);
        Assert.Contains("198.18.0.199", _names.Resolve(Name).Select(a => a.ToString()));
        Assert.DoesNotContain("198.18.0.100", _names.Resolve(Name).Select(a => a.ToString()));
    }

    [Fact]
    [Trait("Requirement", "DNS-02")]
    public void Names_go_out_at_a_pace_and_none_is_forgotten()
    {
        var many = new string[500];
        for (int i = 0; i < many.Length; i++) many[i] = $"n{i}.example";
        _names.Assign(Camera, Needs(many), _now);
        Assert.Equal(20, _asked.Count);
        Wait(100);
        Assert.Equal(40, _asked.Count);
        _hasRoom = false;
        for (int i = 0; i < 5; i++) Wait(100);
        Assert.Equal(40, _asked.Count);
        _hasRoom = true;
        for (int i = 0; i < 48; i++) Wait(100);
        Assert.Equal(500, _asked.Select(a => a.Name).Distinct().Count());
    }

    [Fact]
    public void A_name_that_found_no_room_does_not_take_anothers_away()
    {
        MacAddress greedy = new(2), second = new(3);
        var many = new string[4096];
        for (int i = 0; i < many.Length; i++) many[i] = $"n{i}.example";
        _names.Assign(greedy, Needs(many), _now);
        _names.Assign(Camera, Needs(Name), _now);
        _names.Assign(greedy, null, _now);
        _names.Assign(second, Needs(Name), _now);
        Wait(100);
        Answer(ttl: 300);
        _names.Assign(Camera, null, _now);
        Assert.Equal([Address], _names.Resolve(Name));
    }

    private bool Ask(string name, ushort type, Instant now)
    {
        if (_hasRoom) _asked.Add((name, type));
        return _hasRoom;
    }

    private void Answer(int ttl = 0, byte responseCode = 0)
    {
        byte[] answer = responseCode == 0 ? Message.Answer(Name, DnsType.A, (Address.ToString(), (uint)ttl)) : Message.Answer(Name, DnsType.A);
        answer[3] |= responseCode;
        Take(answer);
        Take(Message.Answer(Name, DnsType.Aaaa));
    }

    private void Take(byte[] answer)
    {
        Assert.True(DnsMessage.TryParse(answer, out DnsMessage message));
        _names.Take(message, _now);
    }

    private bool Learn(byte[] answer)
    {
        Assert.True(DnsMessage.TryParse(answer, out DnsMessage message));
        return _names.Learn(message, _now);
    }

    private void Wait(long milliseconds)
    {
        _now = new Instant(_now.MonotonicMs + milliseconds, _now.UnixMs + milliseconds, true);
        _deadlines.RunDue(_now);
    }

    internal static Grant Needs(params string[] names)
    {
        var endpoints = new List<GrantedEndpoint>();
        foreach (string name in names) endpoints.Add(new GrantedEndpoint(new GrantedHost(name, null), new PortRange(443, 443), Transports.Tcp, false));
        return new Grant
        {
            Services = [new GrantedService
            {
                Id = 1,
                Direction = ServiceDirection.Consume,
                Category = "Firmware Update",
                Rate = new BitRate(1_000_000),
                Schedule = DailyWindow.AllDay,
                Endpoints = endpoints,
            }],
        };
    }
}
