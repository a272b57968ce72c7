using System;
using Dwirm.Linux;
using Dwirm.Policy;
using Dwirm.Policy.Plans;

namespace Dwirm.Enforcement.Tests;

/// <summary>Real packets: a house in namespaces, with camera, laptop and plug on one bridge and a host outside.</summary>
[Trait("Kind", "Kernel")]
[Trait("Requirement", "DWIRM-27")]
public sealed class TrafficTests
{
    private static readonly PlannedService Video = Plans.Provide(1, Plans.Tcp(554)) with
    {
        Forwards = [new PlannedForward(Transports.Tcp, Plans.Ports(8554), Plans.Ports(554))],
    };

    private static readonly PlannedService Update = Plans.Consume(2, Plans.To("203.0.113.5", 443));
    private static readonly PlannedService PlugWeb = Plans.Provide(1, Plans.Tcp(80));

    private static EnforcementPlan Plan(NetworkPosture posture, params PlannedDevice[] devices) => Plans.Of(devices) with { Networks = [Plans.Lan(posture)] };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void WhatIsGrantedPassesAndNothingElse(int bridgeCall)
    {
        using var house = new House();
        house.Router.Sh($"sysctl -qw net.bridge.bridge-nf-call-iptables={bridgeCall}");
        house.Apply(Plan(NetworkPosture.Quarantine,
            Plans.Device(0x10, Video, Update, Plans.Consume(3, Plans.To("192.168.1.48", 80))), Plans.Full(0x20), Plans.Device(0x30, PlugWeb)));
        house.ServeEverywhere();

        house.Expect("camera", "203.0.113.5", 443, true);
        house.Expect("camera", "203.0.113.5", 80, false);
        house.Expect("camera", "192.168.1.32", 80, false);
        house.Expect("camera", "192.168.1.48", 80, true);
        house.Expect("camera", "192.168.1.48", 443, false);
        house.Expect("camera", "192.168.1.1", 80, false);
        house.Expect("camera", "192.168.1.1", 53, true);
        house.Expect("plug", "192.168.1.16", 554, false); // nobody granted the plug to ask
        house.Expect("plug", "203.0.113.5", 443, false);
        house.Expect("laptop", "192.168.1.16", 554, true);
        house.Expect("laptop", "192.168.1.16", 80, false);
        house.Expect("laptop", "203.0.113.5", 80, true);
        house.Expect("isp", "198.51.100.2", 8554, true);
        house.Expect("isp", "198.51.100.2", 8555, false);
        house.Expect("isp", "192.168.1.16", 554, false);
        house.Expect("stranger", "203.0.113.5", 443, false);
        house.Expect("stranger", "192.168.1.32", 80, false);
        house.Expect("stranger", "192.168.1.1", 53, true);
        house.Expect("stranger", "192.168.1.1", 80, false);
    }

    [Fact]
    public void AForeignResolverThatIsBlockedIsNotReachedByAWideGrantEither()
    {
        using var house = new House();
        house.ServeEverywhere();
        PlannedDevice camera = Plans.Device(0x10, Plans.Consume(1, Plans.To("0.0.0.0/0", 1, 65535)));
        house.Apply(Plan(NetworkPosture.Quarantine, camera));
        house.Expect("camera", "203.0.113.5", 53, true);
        EnforcementPlan blocked = Plans.Of(camera) with { Networks = [Plans.Lan() with { ForeignDns = ForeignDns.Block }] };
        house.Apply(blocked);
        house.Expect("camera", "203.0.113.5", 53, false);
        house.Expect("camera", "203.0.113.5", 443, true);
        house.Expect("camera", "192.168.1.1", 53, true);
        house.Apply(blocked with { Devices = [Plans.Device(0x10, Plans.Consume(1, Plans.To("203.0.113.5", 53)))] });
        house.Expect("camera", "203.0.113.5", 53, true);
    }

    [Fact]
    public void PostureDecidesForDevicesThatNeverAsked()
    {
        using var house = new House();
        house.ServeEverywhere();
        house.Apply(Plan(NetworkPosture.Open, Plans.Device(0x10, Video)));
        house.Expect("stranger", "203.0.113.5", 443, true);
        house.Expect("stranger", "192.168.1.32", 80, true);
        house.Expect("stranger", "192.168.1.16", 554, true);
        house.Expect("stranger", "192.168.1.16", 80, false);

        house.Apply(Plan(NetworkPosture.Isolate, Plans.Device(0x10, Video), Plans.Full(0x20)));
        house.Expect("stranger", "203.0.113.5", 443, true);
        house.Expect("stranger", "192.168.1.32", 80, false);
        house.Expect("stranger", "192.168.1.16", 554, false);
        house.Expect("laptop", "192.168.1.16", 554, true);
        house.Expect("laptop", "203.0.113.5", 443, true);
    }

    [Fact]
    public void NobodyBorrowsAnAddress()
    {
        using var house = new House();
        house.ServeEverywhere();
        house.Apply(Plan(NetworkPosture.Open, Plans.Device(0x10, Video, Update), Plans.Full(0x20)));
        house["camera"].Sh("ip address flush dev eth0; ip address add 192.168.1.99/24 dev eth0; ip route replace default via 192.168.1.1");
        house.Expect("camera", "203.0.113.5", 443, false);
        house["laptop"].Sh("ip address flush dev eth0; ip address add 192.168.1.16/24 dev eth0; ip route replace default via 192.168.1.1");
        house.Expect("laptop", "203.0.113.5", 443, false);
    }

    [Theory]
    [InlineData("camera", "203.0.113.5", 443)]
    [InlineData("isp", "198.51.100.2", 8554)]
    [InlineData("laptop", "192.168.1.16", 554)]
    [Trait("Requirement", "DWIRM-13")]
    public void ARunningFlowIsCutByRevocationAndSurvivesARestart(string from, string to, int port)
    {
        using var house = new House();
        house.ServeEverywhere();
        EnforcementPlan granted = Plan(NetworkPosture.Quarantine, Plans.Device(0x10, Video, Update), Plans.Full(0x20));
        house.Apply(granted);
        using Running flow = house[from].Start($"socat -u TCP:{to}:{port} OPEN:{house.Directory}/flow,creat,append");
        Assert.True(house.FlowGrows());

        house.Restart();
        house.Apply(granted);
        Assert.True(house.FlowGrows());

        house.Apply(Plan(NetworkPosture.Quarantine,
            Plans.Device(0x10, Video with { Active = false }, Update with { Active = false }), Plans.Full(0x20)));
        Assert.Empty(house.Log);
        Assert.False(house.FlowGrows());
        Assert.DoesNotContain("mark=4097", house.Router.Sh("conntrack -L"));
        Assert.DoesNotContain("mark=4098", house.Router.Sh("conntrack -L"));
        house.Expect(from, to, port, false);
    }

    [Fact]
    public void UsageIsCountedPerServiceAndPath()
    {
        using var house = new House();
        house.ServeEverywhere();
        house.Apply(Plan(NetworkPosture.Quarantine, Plans.Device(0x10, Video, Update), Plans.Full(0x20)));
        house.Expect("camera", "203.0.113.5", 443, true);
        house.Expect("laptop", "192.168.1.16", 554, true);
        var usage = new System.Collections.Generic.Dictionary<uint, ServiceUsage>();
        Assert.True(house.Router.Run(() => house.Enforcer.ReadUsage(usage)));
        Assert.True(usage[0x1002].OriginalPackets > 1 && usage[0x1002].ReplyPackets > 1 && usage[0x1002].OriginalBytes > 80);
        Assert.Equal(0u, usage[0x1002].LocalPackets);
        Assert.True(usage[0x1001].LocalPackets > 1 && usage[0x1001].LocalBytes > 80);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-24")]
    public void DhcpMessagesLongerThanAFramePassBothWays()
    {
        using var house = new House();
        house.Apply(Plan(NetworkPosture.Quarantine, Plans.Device(0x10)));
        byte[] message = new byte[4000];
        message.AsSpan().Fill((byte)'d');
        using Running client = house["camera"].Start($"socat -u UDP-RECV:68 OPEN:{house.Directory}/down,creat,append");
        using Running server = house.Router.Start($"socat -u UDP-RECV:67 OPEN:{house.Directory}/up,creat,append");
        house["camera"].Sh("until ss -Hlun | grep -q :68; do sleep 0.05; done");
        house.Router.Sh("until ss -Hlun | grep -q :67; do sleep 0.05; done");
        house.Router.Run(() =>
        {
            using PacketSender sender = PacketSender.Open("br-lan", KernelEnforcer.GrantedMark);
            Assert.Equal(0, sender.Send([2, 0, 0, 0, 0, 0x10], Plans.Ip("192.168.1.1").Value, 67, Plans.Ip("192.168.1.16").Value, 68, message));
        });
        house["camera"].Run(() =>
        {
            using PacketSender sender = PacketSender.Open("eth0");
            Assert.Equal(0, sender.Send([255, 255, 255, 255, 255, 255], 0, 68, uint.MaxValue, 67, message));
        });
        house.Router.Sh($"for i in $(seq 100); do [ $(stat -c %s {house.Directory}/up) = 4000 ] && [ $(stat -c %s {house.Directory}/down) = 4000 ] && exit 0; sleep 0.1; done; ls -l {house.Directory} >&2; exit 1");
    }

    [Theory]
    [InlineData(DevicePosture.FullAccess)]
    [InlineData(DevicePosture.Ordinary)]
    public void ADeviceUnderControlsIsCountedAndCutAsAWhole(DevicePosture posture)
    {
        using var house = new House();
        house.ServeEverywhere();
        PlannedDevice laptop = Plans.Full(0x20) with
        {
            Posture = posture,
            Addresses4 = [Plans.Ip("192.168.1.32")],
            Generation = 9,
            Slot = 2,
            UpBitsPerSecond = 1_000_000,
            Services = [Plans.Consume(1)],
        };
        PlannedDevice closed = Plans.Device(0x20) with { Generation = 0, Slot = -1 };
        house.Apply(Plan(NetworkPosture.Open, laptop));
        house.Expect("laptop", "203.0.113.5", 80, true);
        house.Expect("laptop", "192.168.1.48", 80, true);
        house.Expect("plug", "192.168.1.32", 80, true);
        house["laptop"].Sh("ping -c 1 -W 2 203.0.113.5");
        var usage = new System.Collections.Generic.Dictionary<uint, ServiceUsage>();
        Assert.True(house.Router.Run(() => house.Enforcer.ReadUsage(usage)));
        Assert.True(usage[0x901].OriginalPackets > 3 && usage[0x901].ReplyPackets > 3, usage[0x901].ToString());
        Assert.Contains("class htb 1:31 parent 1:30", house.Router.Sh("tc class show dev wan"));
        Assert.DoesNotContain("htb", house.Router.Sh("tc class show dev br-lan"));

        using Running flow = house["laptop"].Start($"socat -u TCP:203.0.113.5:443 OPEN:{house.Directory}/flow,creat,append");
        house["laptop"].Sh($"for i in $(seq 100); do [ -s {house.Directory}/flow ] && exit 0; sleep 0.1; done; exit 1");
        house.Apply(Plan(NetworkPosture.Open, closed));
        Assert.False(house.FlowGrows());
        house.Expect("laptop", "203.0.113.5", 80, false);
        house.Expect("laptop", "192.168.1.48", 80, false);
        house.Expect("laptop", "192.168.1.1", 53, true);
        house.Apply(Plan(NetworkPosture.Open, laptop));
        house.Expect("laptop", "203.0.113.5", 80, true);
        Assert.Empty(house.Log);
    }

    [Fact]
    public void ADeviceIsolatedByItsNetworkStaysIsolatedUnderControls()
    {
        using var house = new House();
        house.ServeEverywhere();
        PlannedDevice stranger = Plans.Full(0x40) with { Posture = DevicePosture.Ordinary, Generation = 9, Services = [Plans.Consume(1)] };
        house.Apply(Plan(NetworkPosture.Isolate, stranger));
        house.Expect("stranger", "203.0.113.5", 443, true);
        house.Expect("stranger", "192.168.1.32", 80, false);
        // The kernel ends a window by itself when nobody is there to do it.
        house.Apply(Plan(NetworkPosture.Isolate, stranger with { Services = [Plans.Consume(1) with { ActiveUntilMs = Plans.Now.MonotonicMs - 2500 }] }));
        house.Router.Sh("sleep 1.5");
        house.Expect("stranger", "203.0.113.5", 443, false);
    }
}
