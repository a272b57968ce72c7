using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Dwirm.Daemon.Config;
using Dwirm.Policy;
using Dwirm.Policy.Profiles;
using Dwirm.Policy.Rules;
using Dwirm.Wire;

namespace Dwirm.Daemon.Tests.Config;

/// <summary>The two files of the package, read as the daemon reads them.</summary>
public class ShippedPolicyTests
{
    private const string Camera =
        """{"IoT Profile":{"Description":"Example Brand Security Camera","Provide":{"Video Stream":{"Ports":"88-99","PortFwd":"88-99:8088-8099","Rate":"2Mbps","Schedule":"00:00-23:59","Hints":"RTSP"},"Management":{"Ports":"80,443,22","Rate":"15Kbps","Schedule":"00:00-23:59","Hints":"HTTP, HTTPS, SSH"}},"Consume":{"Firmware Update":{"Endpoints":["https://update.example.com/prod/9876543v2/upgrade","https://mirror.example-com.example.net:8888/prod/upgrade","sftp://update.example.com/prod/9876543v2/upgrade"],"Rate":"5Mbps","Schedule":"02:00-04:59"}}}}""";

    [Fact]
    [Trait("Requirement", "DWIRM-09")]
    [Trait("Requirement", "DWIRM-22")]
    public void The_sample_camera_is_answered_at_once_with_the_forward_blank()
    {
        Negotiation outcome = Negotiate(Camera);
        Assert.Equal(DeviceState.Amended, outcome.State);
        Assert.Equal(Camera.Replace("88-99:8088-8099", ""), outcome.AnswerJson);
        Assert.True(outcome.ForwardAsked);
        Negotiation approved = Negotiate(Camera, OwnerVerdict.Approve);
        Assert.Equal((DeviceState.Granted, Camera), (approved.State, approved.AnswerJson));
    }

    [Theory]
    [InlineData("""{"IoT Profile":{"Provide":{"Full Access":{}}}}""")]
    [InlineData("""{"IoT Profile":{"Provide":{"HTTP":{}}}}""")]
    [InlineData("""{"IoT Profile":{"Provide":{"Anything Else":{"Ports":"1-65535"}}}}""")]
    [InlineData("""{"IoT Profile":{"Consume":{"Video Stream":{"Endpoints":["https://a.example"]}}}}""")]
    [InlineData("""{"IoT Profile":{"Provide":{"Firmware Update":{"Ports":"80"}}}}""")]
    [Trait("Requirement", "DWIRM-05")]
    [Trait("Requirement", "DWIRM-17")]
    public void Everything_else_waits_for_the_owner(string json) => Assert.Equal(DeviceState.Pending, Negotiate(json).State);

    [Fact]
    public void The_registry_has_the_baseline_and_ours()
    {
        CategoryRegistry registry = Registry();
        Assert.True(registry.Count >= 18);
        // Least privilege: nobody is reached who is not named, and no rate is left open but for files inside the house.
        foreach (CategoryDefinition row in registry.Rows)
        {
            Assert.True(row.Endpoints is null or { Count: 0 }, row.Name);
            Assert.True(row.Name is "Storage" or "Full Access" or "HTTP" || row.Rate is { IsLine: false }, row.Name);
            Assert.NotEmpty(row.Description);
        }
        Assert.Equal(CategoryRegistry.BaselineHttp.Ports, registry.Find("HTTP")!.Ports);
        foreach (string name in new[] { "Video Stream", "Management", "Firmware Update" })
        {
            Assert.Null(registry.Find(name)!.Ports);
            Assert.Empty(registry.Find(name)!.Endpoints!);
        }
    }

    [Theory]
    [InlineData("camera", DeviceState.Granted, 2)]
    [InlineData("cloud camera", DeviceState.Granted, 2)]
    [InlineData("printer", DeviceState.Granted, 2)]
    [InlineData("voice assistant", DeviceState.Granted, 1)]
    [InlineData("media cast", DeviceState.Granted, 2)]
    [InlineData("speaker", DeviceState.Granted, 2)]
    [InlineData("smart lock", DeviceState.Granted, 1)]
    [InlineData("energy meter", DeviceState.Granted, 3)]
    [InlineData("light", DeviceState.Granted, 1)]
    [InlineData("hub", DeviceState.Granted, 2)]
    [InlineData("local only", DeviceState.Granted, 1)]
    [InlineData("full access", DeviceState.FullAccess, 0)]
    public void Every_template_is_granted_as_it_is_written(string name, DeviceState state, int services)
    {
        DeviceTemplate template = Registry().Template(name)!;
        Negotiation outcome = Negotiate(template.Json, OwnerVerdict.Approve, source: RequestSource.Assigned);
        Assert.Equal((state, services), (outcome.State, outcome.Grant!.Services.Count));
        Assert.NotEmpty(template.Description);
        Assert.All(outcome.Grant.Services, service => Assert.False(service.Rate.IsLine, service.Category));
    }

    [Fact]
    public void There_is_no_template_without_a_test() => Assert.Equal(12, Registry().Templates.Count);

    /// <summary>What each example makes of the draft's camera, of a device that wants everything, and of a lock that wants to be reached from outside.</summary>
    [Theory]
    [InlineData("family-home", "amended", "pending", "pending")]
    [InlineData("guest-iot", "amended", "quarantined", "quarantined")]
    [InlineData("small-office", "amended", "pending", "pending")]
    [InlineData("strict", "pending", "quarantined", "quarantined")]
    [Trait("Requirement", "DWIRM-05")]
    public void Example_policies_do_what_they_say(string example, string camera, string phone, string tunnel)
    {
        string policy = $"usr/share/dwirm/policies/{example}.yaml";
        Assert.Equal(camera, Negotiate(Camera, policy: policy).State.ToString().ToLowerInvariant());
        Assert.Equal(phone, Negotiate("{\"IoT Profile\":{\"Provide\":{\"Full Access\":{}}}}", policy: policy).State.ToString().ToLowerInvariant());
        const string lockOutside = "{\"IoT Profile\":{\"Provide\":{\"Smart Lock\":{\"Ports\":\"443\",\"PortFwd\":\"443:20443\"}}}}";
        Negotiation opened = Negotiate(lockOutside, policy: policy);
        Assert.Equal(tunnel, opened.State.ToString().ToLowerInvariant());
        Negotiation approved = Negotiate(lockOutside, OwnerVerdict.Approve, policy);
        if (example != "small-office") Assert.True(approved.Grant is null || approved.Grant.Services[0].Forwards.Count == 0);
        Assert.All(approved.Grant?.Services ?? [], service => Assert.False(service.Rate.IsLine));
    }

    [Fact]
    public void No_example_gives_a_forward_by_itself_and_only_printers_reach_the_whole_house()
    {
        string folder = Shipped("usr/share/dwirm/policies");
        string[] files = Directory.GetFiles(folder);
        Assert.Equal(4, files.Length);
        foreach (string file in files)
        {
            var faults = new List<ConfigFault>();
            SitePolicy policy = PolicyYaml.Read(file, faults)!;
            Assert.Empty(faults);
            Assert.All(policy.Rules, rule => Assert.NotEqual(ForwardPolicy.Allow, rule.Amend.PortForward));
            Assert.All(policy.Rules, rule => Assert.True(rule.Reach is null || rule.Match.Category == "Printing"));
            Assert.Equal(ServiceReach.Network, policy.Defaults.Reach);
        }
    }

    private static Negotiation Negotiate(
        string json, OwnerVerdict verdict = OwnerVerdict.None, string policy = "etc/dwirm/policy.yaml", RequestSource source = RequestSource.Dwirm)
    {
        var faults = new List<ConfigFault>();
        SitePolicy? read = PolicyYaml.Read(Shipped(policy), faults);
        Assert.Empty(faults);
        Assert.True(IotProfile.TryParse(Encoding.UTF8.GetBytes(json), out IotProfile? profile, out _));
        return new PolicyEngine(read!, Registry()).Negotiate(new NegotiationInput
        {
            Profile = profile!,
            Mac = new MacAddress(1),
            Network = "lan",
            Verdict = verdict,
            Source = source,
            Forwards = new NobodyForwards(),
            Zone = new Greenwich(),
            Now = new Instant(0, 1_767_225_600_000, true),
        });
    }

    private static CategoryRegistry Registry()
    {
        var faults = new List<ConfigFault>();
        CategoryRegistry? registry = CategoriesYaml.Read(Shipped("usr/share/dwirm/categories.yaml"), null, faults);
        Assert.Empty(faults);
        return registry!;
    }

    private static string Shipped(string path)
    {
        string? top = AppContext.BaseDirectory;
        while (top is not null && !File.Exists(Path.Combine(top, "Dwirm.Router.sln"))) top = Path.GetDirectoryName(top);
        return Path.Combine(top!, "packaging", "files", path);
    }

    private sealed class NobodyForwards : IPortForwardLedger
    {
        public bool IsFree(MacAddress mac, Transports transports, PortRange external) => true;
    }

    private sealed class Greenwich : ILocalZone
    {
        public int OffsetSeconds(long unixSeconds) => 0;
    }
}
