using System.Linq;
using Dwirm.Daemon.Keys;
using Dwirm.Daemon.Tests.Service;
using Dwirm.Policy.Rules;
using Dwirm.TestKit;
using Dwirm.Wire;

namespace Dwirm.Daemon.Tests.Keys;

/// <summary>A router whose policy gives full access to proven devices, and a camera with a key, as an honest client uses it.</summary>
internal sealed class KeyedDevice : System.IDisposable
{
    internal const string FullAccess = """{"IoT Profile":{"Consume":{"Full Access":{}}}}""";
    internal const string Video = """{"IoT Profile":{"Provide":{"Video Stream":{"Ports":"88-99","Rate":"2Mbps"}}}}""";
    internal static readonly MacAddress Camera = new(0x020000000001);

    internal static readonly SitePolicy ProvenGetsAll = new()
    {
        Decision = PolicyDecision.Ask,
        Rules =
        [
            new PolicyRule { Name = "proven", Match = new RuleMatch { Category = "Full Access", Authenticated = true }, Decision = PolicyDecision.Accept },
            new PolicyRule { Name = "video", Match = new RuleMatch { Category = "Video Stream" }, Decision = PolicyDecision.Accept },
        ],
    };

    private ulong _counter = 100;

    internal KeyedDevice(bool withKey = true)
    {
        Router = new TestRouter(ProvenGetsAll);
        if (withKey) AddKey();
    }

    internal TestRouter Router { get; }

    internal DeviceKey Key { get; private set; } = null!;

    internal void AddKey()
    {
        Assert.Null(Router.State.KeyCommands.Add(Camera, Router.Now, out DeviceKey? key));
        Router.Commit();
        Key = key!;
    }

    /// <summary>Signs with the next counter.</summary>
    internal byte[] Sign(Dhcpv4Builder message, ulong? counter = null) =>
        SignedMessages.Sign(message.Delayed(Key.SecretId, counter ?? ++_counter).PadTo(300).Build(), Key.Secret);

    internal byte[] SignedProfile(string json = FullAccess) => Sign(Dhcpv4Builder.DwirmClient(Camera, json));

    internal bool IsSigned(SentMessage message) => SignedMessages.IsSigned(message.Bytes, Key.Secret);

    internal bool HasFullAccess => Router.Enforced(Camera) is { Posture: Policy.Plans.DevicePosture.FullAccess };

    internal long Counted(string name) => Router.State.Counters.Snapshot(Router.State.Dhcp, Router.State.Turn.Replies).FirstOrDefault(one => one.Key == name).Value;

    public void Dispose() => Router.Dispose();
}
