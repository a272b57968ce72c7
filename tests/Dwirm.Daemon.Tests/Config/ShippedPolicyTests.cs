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
        Assert.Equal(5, registry.Count);
        Assert.Equal(CategoryRegistry.BaselineHttp.Ports, registry.Find("HTTP")!.Ports);
        foreach (string name in new[] { "Video Stream", "Management", "Firmware Update" })
        {
            Assert.Null(registry.Find(name)!.Ports);
            Assert.Empty(registry.Find(name)!.Endpoints!);
        }
    }

    private static Negotiation Negotiate(string json, OwnerVerdict verdict = OwnerVerdict.None)
    {
        var faults = new List<ConfigFault>();
        SitePolicy? policy = PolicyYaml.Read(Shipped("etc/dwirm/policy.yaml"), faults);
        Assert.Empty(faults);
        Assert.True(IotProfile.TryParse(Encoding.UTF8.GetBytes(json), out IotProfile? profile, out _));
        return new PolicyEngine(policy!, Registry()).Negotiate(new NegotiationInput
        {
            Profile = profile!,
            Mac = new MacAddress(1),
            Network = "lan",
            Verdict = verdict,
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
