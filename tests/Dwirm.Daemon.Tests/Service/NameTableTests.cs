using System;
using System.Collections.Generic;
using Dwirm.Daemon.Loop;
using Dwirm.Daemon.Service;
using Dwirm.Policy;
using Dwirm.Policy.Profiles;
using Dwirm.Wire;

namespace Dwirm.Daemon.Tests.Service;

[Trait("Requirement", "DNS-01")]
public class NameTableTests
{
    private const string Name = "update.example.com";
    private static readonly MacAddress Camera = new(1);
    private static readonly Ipv4Address Address = new(0xcb007105);
    private readonly Deadlines _deadlines = new();
    private readonly List<byte[]> _asked = [];
    private readonly NameTable _names;
    private Instant _now = new(1_000_000, 1_767_225_600_000, true);

    public NameTableTests() => _names = new NameTable(_deadlines, query => _asked.Add(query.ToArray()), static _ => { });

    [Fact]
    public void A_name_without_an_address_is_asked_about_again_soon()
    {
        _names.Assign(Camera, Needs(Name), _now);
        Answer(responseCode: 3);
        Wait(60_000);
        Assert.Equal(2, _asked.Count);
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
        Assert.Equal(2, _asked.Count);
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
        byte[] forged = Response(_asked[0], new Ipv4Address(0xcb007166), 300, 0);
        (forged[0], forged[1]) = (0, 0);
        _names.Take(forged, _now);
        _names.Take(Response(_asked[0], new Ipv4Address(0xcb007166), 300, 0), _now);
        Assert.Equal([Address], _names.Resolve(Name));
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
        Answer(ttl: 300);
        _names.Assign(Camera, null, _now);
        Assert.Equal([Address], _names.Resolve(Name));
    }

    private void Answer(int ttl = 0, byte responseCode = 0) => _names.Take(Response(_asked[^1], Address, ttl, responseCode), _now);

    private void Wait(long milliseconds)
    {
        _now = new Instant(_now.MonotonicMs + milliseconds, _now.UnixMs + milliseconds, true);
        _deadlines.RunDue(_now);
    }

    private static Grant Needs(params string[] names)
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

    private static byte[] Response(byte[] query, Ipv4Address address, int ttl, byte responseCode)
    {
        List<byte> message = [.. query];
        (message[2], message[3]) = (0x81, (byte)(0x80 | responseCode));
        if (responseCode != 0) return [.. message];
        message[7] = 1;
        message.AddRange([0xc0, 12, 0, 1, 0, 1, (byte)(ttl >> 24), (byte)(ttl >> 16), (byte)(ttl >> 8), (byte)ttl, 0, 4]);
        byte[] octets = new byte[4];
        address.Write(octets);
        message.AddRange(octets);
        return [.. message];
    }
}
