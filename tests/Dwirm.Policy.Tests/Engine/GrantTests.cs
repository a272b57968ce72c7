using System.Collections.Generic;
using Dwirm.Policy.Rules;
using Dwirm.Policy.Tests.Profiles;
using Dwirm.Wire;
using static Dwirm.Policy.Tests.Engine.Desk;

namespace Dwirm.Policy.Tests.Engine;

public class GrantTests
{
    private const string Sample =
        """{"v":1,"fullAccess":false,"services":[{"id":1,"direction":"provide","category":"Video","rate":2000000,"schedule":"02:00-04:59EST","offset":-300,"ports":["88-99/tcp","7/tcp,udp"],"forwards":["88-99:8088-8099/udp"],"sources":["192.168.1.7","hub.example"],"endpoints":[]},{"id":16,"direction":"consume","category":"Update","rate":0,"schedule":"00:00-23:59","ports":[],"forwards":[],"sources":[],"endpoints":[{"host":"u.example","ports":"443/tcp"},{"host":"10.0.0.1","ports":"1-9/udp","local":true}]}]}""";

    [Fact]
    [Trait("Requirement", "DWIRM-27")]
    public void A_grant_survives_the_store_octet_for_octet()
    {
        foreach (string text in new[] { Sample, Grant.Nothing.ToJson(), Grant.Unrestricted.ToJson(), Decide(Shipped, ProfileVectors.Canonical, OwnerVerdict.Approve).Grant!.ToJson() })
        {
            Assert.True(Grant.TryParse(text, out Grant? grant), text);
            Assert.Equal(text, grant!.ToJson());
        }
    }

    [Fact]
    public void What_is_read_is_what_was_written()
    {
        Assert.True(Grant.TryParse(Sample, out Grant? grant));
        GrantedService video = grant!.Services[0];
        Assert.Equal(-300, video.Schedule.OffsetMinutes);
        Assert.Equal(new GrantedForward(new PortRange(88, 99), new PortRange(8088, 8099), Transports.Udp), video.Forwards[0]);
        Assert.Equal(new GrantedHost("192.168.1.7", new Ipv4Address(0xc0a80107)), video.Sources[0]);
        Assert.Equal(new GrantedHost("hub.example", null), video.Sources[1]);
        Assert.True(grant.Services[1].Rate.IsLine);
        Assert.True(grant.Services[1].Endpoints[1].LocalAllowed);
    }

    [Fact]
    public void A_zone_of_the_sites_own_keeps_its_offset()
    {
        string text = Sample.Replace("EST", "XYZ").Replace("-300", "345");
        Assert.True(Grant.TryParse(text, out Grant? grant));
        Assert.Equal(345, grant!.Services[0].Schedule.OffsetMinutes);
        Assert.Equal(text, grant.ToJson());
    }

    public static TheoryData<string, string> Damage => new()
    {
        { "\"v\":1", "\"v\":2" },
        { "\"v\":1,", "" },
        { "\"fullAccess\":false", "\"fullAccess\":true" },
        { "\"fullAccess\":false", "\"fullAccess\":0" },
        { "\"id\":1,", "\"id\":0," },
        { "\"id\":1,", "\"id\":16," },
        { "\"id\":1,", "" },
        { "\"id\":16", "\"id\":256" },
        { "\"id\":16", "\"id\":1" },
        { "\"rate\":2000000", "\"rate\":-1" },
        { "\"rate\":2000000", "\"rate\":1e3" },
        { "\"rate\":0", "\"rate\":5" },
        { "provide", "offer" },
        { "02:00-04:59EST", "" },
        { "04:59EST", "04:59E1T" },
        { "04:59EST", "04:5-EST" },
        { "88-99/tcp", "88-99" },
        { "88-99/tcp", "88-99/sctp" },
        { "88-99/tcp", "99-88/tcp" },
        { "88-99/tcp", "88,99/tcp" },
        { "8088-8099", "8088-8098" },
        { "hub.example", "HUB.example" },
        { "hub.example", "hub.example:80" },
        { "\"443/tcp\"", "443" },
        { "\"host\":\"u.example\",", "" },
        { "[{\"host\":\"u.example\",\"ports\":\"443/tcp\"},{\"host\":\"10.0.0.1\",\"ports\":\"1-9/udp\",\"local\":true}]", "[]" },
        { "\"sources\":[],", "\"surprise\":[]," },
        { "]}]}", "]}]" },
        { "]}]}", "]}]}x" },
    };

    [Theory]
    [MemberData(nameof(Damage))]
    public void A_damaged_grant_grants_nothing(string from, string to)
    {
        Assert.Contains(from, Sample);
        Assert.False(Grant.TryParse(Sample.Replace(from, to), out Grant? grant));
        Assert.Null(grant);
    }

    [Fact]
    public void No_prefix_of_a_grant_is_a_grant()
    {
        for (int length = 0; length < Sample.Length; length++) Assert.False(Grant.TryParse(Sample[..length], out _));
    }

    [Fact]
    public void The_same_request_gives_the_same_ids()
    {
        var texts = new HashSet<string>();
        for (int i = 0; i < 3; i++) texts.Add(Decide(Shipped, ProfileVectors.Canonical).Grant!.ToJson());
        Assert.Single(texts);
        Assert.Null(Decide(SitePolicy.Default, ProfileVectors.Canonical).Grant);
    }
}
