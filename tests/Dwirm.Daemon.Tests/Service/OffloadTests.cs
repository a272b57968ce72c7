using System;
using Dwirm.Daemon.Service;
using Dwirm.Policy;
using Dwirm.TestKit;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Daemon.Tests.Service;

/// <summary>What is forwarded past the rules is not promised to be held to them. The kernel of the tests has no flow offload: one that is not real stands for it.</summary>
[Trait("Requirement", "DWIRM-27")]
public sealed class OffloadTests : IDisposable
{
    private const string Video = """{"IoT Profile":{"Provide":{"Video Stream":{"Ports":"88-99","Rate":"2Mbps"}}}}""";
    private const string Wider = """{"IoT Profile":{"Provide":{"Video Stream":{"Ports":"80-99","Rate":"2Mbps"}}}}""";
    private static readonly MacAddress Camera = new(0x020000000001), Second = new(0x020000000002);
    private readonly TestRouter _router = new();

    public void Dispose() => _router.Dispose();

    [Fact]
    public void UnderHardwareOffloadNothingNewIsGrantedUntilItEnds()
    {
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        Flowtable(hardware: true);
        Assert.Equal(DeviceState.Granted, _router.Device(Camera).Record.State); // what was granted stays
        _router.Receive(Dhcpv4Builder.DwirmClient(Second, Video));
        Assert.Equal((DeviceState.Pending, OffloadWatch.Refusal), (_router.Device(Second).Record.State, _router.Device(Second).Record.DecidedBy));
        Assert.Null(_router.Device(Second).Record.AnswerJson);
        Assert.All(_router.Device(Second).Services, service => Assert.Equal(ServiceOutcome.Pending, service.Decision));
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Wider));
        Assert.Equal(DeviceState.Pending, _router.Device(Camera).Record.State); // nor is more granted than was

        _router.Kernel.Flowtables.Clear();
        _router.State.Offload.Look(_router.Now);
        _router.Commit();
        Assert.Equal(DeviceState.Granted, _router.Device(Second).Record.State);
        Assert.Equal(DeviceState.Granted, _router.Device(Camera).Record.State);
        Assert.Null(_router.State.Offload.Note);
    }

    [Fact]
    public void TheOwnersWordCannotPromiseItEither()
    {
        Flowtable(hardware: true);
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        Assert.Null(_router.Owner.Approve(Camera, null, false, _router.Now));
        _router.Commit();
        Assert.Equal(DeviceState.Pending, _router.Device(Camera).Record.State);
        // What needs no limits is not affected.
        Assert.Null(_router.Owner.FullAccess(Camera, 0, _router.Now));
        _router.Commit();
        Assert.Equal(DeviceState.FullAccess, _router.Device(Camera).Record.State);
    }

    [Fact]
    public void WithConsentItIsTakenOutOfTheKernel()
    {
        _router.State.Config = _router.State.Config with { AllowOffloadOff = true };
        Flowtable(hardware: true);
        Assert.NotEmpty(_router.Kernel.Flowtables); // nobody needs it yet
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        Assert.Empty(_router.Kernel.Flowtables);
        Assert.Equal(DeviceState.Granted, _router.Device(Camera).Record.State);

        Flowtable(hardware: false); // the firewall was started anew
        Assert.Empty(_router.Kernel.Flowtables);
        Assert.Null(_router.State.Offload.Note);

        _router.Kernel.KeepsFlowtables = true;
        Flowtable(hardware: true);
        _router.Receive(Dhcpv4Builder.DwirmClient(Second, Video));
        Assert.Equal(DeviceState.Pending, _router.Device(Second).Record.State);
    }

    [Fact]
    public void UnderSoftwareOffloadGrantsGoOnAndItIsSaidWhatTheyLack()
    {
        Flowtable(hardware: false);
        _router.Receive(Dhcpv4Builder.DwirmClient(Camera, Video));
        Assert.Equal(DeviceState.Granted, _router.Device(Camera).Record.State);
        Assert.Contains("rates and counters miss", _router.State.Offload.Note, StringComparison.Ordinal);
    }

    private void Flowtable(bool hardware)
    {
        var writer = new NetlinkWriter();
        using (writer.Message(NftMessages.TypeOf(NftMessage.NewFlowtable), NetlinkFlags.None, 0))
        {
            writer.NfGenMessage(NfFamily.Inet);
            writer.PutStringZ(1, "fw4");
            writer.PutStringZ(2, "ft");
            writer.PutU32Be(7, hardware ? 1u : 0);
        }
        var reader = new NetlinkReader(writer.Written);
        Assert.True(reader.Next(out NetlinkMessage message));
        Assert.True(NftEvents.TryReadFlowtable(message, out NftFlowtable flowtable));
        _router.Kernel.Flowtables.Add(flowtable);
        _router.State.Offload.Look(_router.Now);
        _router.Commit();
    }
}
