using System.Collections.Generic;
using System.Linq;
using System.Text;
using Dwirm.Policy.Profiles;
using Dwirm.Policy.Rules;
using Dwirm.Policy.Suggestions;
using Dwirm.Wire;

namespace Dwirm.Policy.Tests.Suggestions;

/// <summary>What was seen becomes a profile that the grammar takes, and that opens exactly that.</summary>
public sealed class ProfileSuggestionTests
{
    private static readonly CategoryRegistry Registry = new(
    [
        new CategoryDefinition { Name = "Printing", Ports = Ports("631,9100"), Hints = Hints.Parse("IPP, RAW") },
        new CategoryDefinition { Name = "Cloud", Ports = Ports("443,8883") },
        new CategoryDefinition { Name = "Telemetry", Ports = Ports("8883") },
    ]);

    [Fact]
    public void Names_come_before_addresses_and_ports_become_categories()
    {
        ProfileSuggestion suggestion = Suggest(
            Out("update.example.com", 443), Out("www.example.com", 80), Out("", 443, "203.0.113.9"), Out("broker.example.com", 8883),
            Out("", 443, "203.0.113.9", Transports.Udp), Out("print.example.com", 631), Out("", 5000, "2001:db8::5"));
        Assert.Equal(
            """
            {"IoT Profile":{"Description":"Suggested from what was seen","Consume":{
            "HTTP":{"Endpoints":["https://update.example.com","http://www.example.com","https://203.0.113.9"],"Hints":"TCP"},
            "Observed 1":{"Endpoints":["broker.example.com:8883"],"Hints":"TCP"},
            "Cloud":{"Endpoints":["203.0.113.9:443"],"Hints":"UDP"},
            "Printing":{"Endpoints":["print.example.com:631"],"Hints":"TCP"},
            "Observed 2":{"Endpoints":["[2001:db8::5]:5000"],"Hints":"TCP"}}}}
            """.Replace("\n", "", System.StringComparison.Ordinal),
            suggestion.Json);
        Assert.Equal(["HTTP", "HTTP", "HTTP", "Observed 1", "Cloud", "Printing", "Observed 2"], suggestion.Categories);
        Assert.Equal(0, suggestion.Omitted);
    }

    [Fact]
    public void What_it_serves_is_provided_on_its_ports_only()
    {
        ProfileSuggestion suggestion = Suggest(In(80), In(8080), In(80), In(161, Transports.Udp), In(9100));
        IotProfile profile = Read(suggestion);
        Assert.Equal("80", profile.Find(ServiceDirection.Provide, "HTTP")!.Ports!.ToString());
        Assert.Equal(("8080", Transports.Tcp), PortsOf(profile, "Observed 1"));
        Assert.Equal(("161", Transports.Udp), PortsOf(profile, "Observed 2"));
        Assert.Equal(("9100", Transports.Tcp), PortsOf(profile, "Printing"));
    }

    [Fact]
    public void A_name_that_leads_into_the_house_is_proposed_as_the_address_that_can_be_approved() =>
        Assert.Contains("""["http://192.168.1.7"]""", Suggest(Out("nas.example.com", 80, "192.168.1.7")).Json);

    [Fact]
    public void The_other_transport_of_a_category_is_a_category_of_its_own()
    {
        ProfileSuggestion suggestion = Suggest(
            Out("a.example.com", 7000, transport: Transports.Udp), Out("a.example.com", 7000), Out("b.example.com", 7000));
        IotProfile profile = Read(suggestion);
        Assert.Equal(["Observed 1", "Observed 2", "Observed 2"], suggestion.Categories);
        Assert.Equal(Transports.Udp, profile.Find(ServiceDirection.Consume, "Observed 1")!.Hints!.Transports);
        Assert.Equal(2, profile.Find(ServiceDirection.Consume, "Observed 2")!.Endpoints!.Count);
    }

    [Fact]
    public void Nothing_seen_is_no_profile() => Assert.Null(Suggest().Json);

    [Fact]
    public void What_is_too_much_leaves_out_what_was_seen_least()
    {
        List<ObservedFlow> flows = [];
        string label = new('a', 60);
        for (int i = 0; i < 256; i++) flows.Add(Out($"{label}.{i}.example.com", (ushort)(i < 128 ? 443 : 1000 + i), sightings: 256 - i));
        ProfileSuggestion suggestion = Suggest([.. flows]);
        IotProfile profile = Read(suggestion);
        Assert.InRange(Encoding.UTF8.GetByteCount(suggestion.Json!), 5000, ProfileGrammar.Default.MaxOctets);
        Assert.Equal("HTTP", suggestion.Categories[0]);
        Assert.Equal("", suggestion.Categories[255]);
        Assert.Equal(256 - suggestion.Categories.Count(name => name.Length > 0), suggestion.Omitted);
        Assert.Equal(64, profile.Find(ServiceDirection.Consume, "HTTP")!.Endpoints!.Count);
    }

    [Fact]
    public void More_ports_than_categories_leave_a_profile_that_is_read()
    {
        ProfileSuggestion suggestion = Suggest([.. Enumerable.Range(2000, 100).Select(port => In((ushort)port))]);
        Assert.Equal((ProfileGrammar.Default.MaxCategories, 68), (Read(suggestion).Categories.Count, suggestion.Omitted));
    }

    private static ProfileSuggestion Suggest(params ObservedFlow[] flows) => ProfileSuggestion.Of(flows, Registry, ProfileGrammar.Default);

    private static IotProfile Read(ProfileSuggestion suggestion)
    {
        byte[] json = Encoding.UTF8.GetBytes(suggestion.Json!);
        Assert.True(IotProfile.TryParse(json, out IotProfile? profile, out ProfileFault fault), fault.ToString());
        Assert.False(profile.Lenient);
        Assert.All(profile.Categories, category => Assert.All(category.Endpoints ?? [], endpoint => Assert.NotNull(endpoint.Name)));
        return profile;
    }

    private static (string Ports, Transports Transports) PortsOf(IotProfile profile, string category)
    {
        CategoryRequest request = profile.Find(ServiceDirection.Provide, category)!;
        return (request.Ports!.ToString(), request.Hints!.Transports);
    }

    private static ObservedFlow Out(string name, ushort port, string peer = "203.0.113.1", Transports transport = Transports.Tcp, int sightings = 1)
    {
        var flow = new ObservedFlow { Direction = ServiceDirection.Consume, Transport = transport, Port = port, Name = name };
        (flow.Peer, flow.Sightings) = (Address(peer), sightings);
        return flow;
    }

    private static ObservedFlow In(ushort port, Transports transport = Transports.Tcp) =>
        new() { Direction = ServiceDirection.Provide, Transport = transport, Port = port, Peer = Address("192.168.2.9"), Sightings = 1 };

    private static Ipv6Address Address(string text)
    {
        if (Ipv4Address.TryParse(text, out Ipv4Address version4)) return Ipv6Address.Mapped(version4);
        Assert.True(Ipv6Address.TryParse(text, out Ipv6Address address));
        return address;
    }

    private static PortSet Ports(string text) => PortSet.TryParse(text, out PortSet ports) ? ports : PortSet.Empty;
}
