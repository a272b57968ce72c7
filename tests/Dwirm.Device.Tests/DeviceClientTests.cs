using System;
using System.Linq;
using System.Text;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Device.Tests;

public class DeviceClientTests
{
    private const byte Discover = 1, Offer = 2, Request = 3, Ack = 5, Nak = 6, Release = 7, DwirmClient = 240, DwirmServer = 241;

    /// <summary>From the start to a lease, with the answer in time.</summary>
    private static FakeWorld Bound(bool hold = true, uint leaseSeconds = 3600, string? answer = FakeWorld.Amended, bool release = true)
    {
        FakeWorld world = new FakeWorld(hold: hold, release: release).Start();
        uint xid = world.Sent().Xid;
        if (answer is not null) world.Receive(FakeWorld.Reply(DwirmServer, xid, answer));
        world.Receive(FakeWorld.Reply(Offer, xid, leaseSeconds: leaseSeconds));
        world.Sent();
        world.Receive(FakeWorld.Reply(Ack, xid, leaseSeconds: leaseSeconds));
        return world;
    }

    [Fact]
    [Trait("Requirement", "DWIRM-17")]
    public void TheProfileGoesFirstAndWholeInAMessageOfItsOwn()
    {
        string profile = FakeWorld.Profile.Replace("Cam", new string('c', 500), StringComparison.Ordinal);
        SentMessage message = new FakeWorld(profile: profile).Start().Sent();
        Assert.Equal(DwirmClient, message.Type);
        Assert.Equal(profile, Encoding.UTF8.GetString(message.Option(224)!));
        Assert.Equal([1, 3, 6, 15, 51, 54, 224], message.Option(55)!);
        Assert.Equal([5, 220], message.Option(57)!);
        Assert.Equal([1, 2, 0, 0, 0, 0, 1], message.Option(61)!);
        Assert.Equal("cam"u8.ToArray(), message.Option(12)!);
        Assert.Equal((Ipv4Address.Any, Ipv4Address.Broadcast), (message.Source, message.Destination));
        // RFC 3396: instances of 255 octets and the rest.
        int instances = message.Read((in Dhcpv4Packet p) =>
        {
            int count = 0;
            foreach (Dhcpv4Option option in p.Options) count += option.Code == 224 ? 1 : 0;
            return count;
        });
        Assert.Equal((profile.Length + 254) / 255, instances);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-18")]
    public void AnswerOfferRequestAckEndWithZero()
    {
        FakeWorld world = new FakeWorld().Start();
        SentMessage asked = world.Sent();
        world.Pass(12);
        world.Receive(FakeWorld.Reply(DwirmServer, asked.Xid, FakeWorld.Amended));
        world.Receive(FakeWorld.Reply(Offer, asked.Xid));
        SentMessage request = world.Sent();
        Assert.Equal((Request, asked.Xid), (request.Type, request.Xid));
        Assert.Equal([192, 168, 1, 101], request.Option(50)!);
        Assert.Equal([192, 168, 1, 1], request.Option(54)!);
        Assert.Null(request.Option(224));
        Assert.Null(world.Client.ExitCode);
        world.Receive(FakeWorld.Reply(Ack, asked.Xid));
        Assert.Equal(0, world.Client.ExitCode);
        Assert.Equal([$"answer solicited DHCPDWIRMSERVER 12 {FakeWorld.Amended}", "offer 192.168.1.101", "bound 192.168.1.101/24"], world.Told);
        Assert.Equal([0xc0a80101, 0x09090909], world.Configured!.Dns.Select(a => a.Value));
        Assert.Equal(FakeWorld.Server, world.Configured.Router);
        Assert.Equal(long.MaxValue, world.Client.DeadlineMs);
    }

    [Fact]
    public void WithoutAnOfferTheClientDiscoversItself()
    {
        FakeWorld world = new FakeWorld().Start();
        uint xid = world.Sent().Xid;
        world.Pass(DeviceClient.AnswerWindowMs - 1);
        world.SentNothing();
        world.Pass(1);
        SentMessage discover = world.Sent();
        Assert.Equal((Discover, xid), (discover.Type, discover.Xid));
        Assert.Null(discover.Option(224));
    }

    [Fact]
    public void AfterTheAnswerTheOfferIsNotWaitedForLong()
    {
        FakeWorld world = new FakeWorld().Start();
        uint xid = world.Sent().Xid;
        world.Receive(FakeWorld.Reply(DwirmServer, xid, FakeWorld.Amended));
        world.Pass(DeviceClient.OfferAfterAnswerMs);
        Assert.Equal(Discover, world.Sent().Type);
    }

    // 4, 8, 16, 32, 64, 64 … seconds, give or take one (RFC 2131 section 4.1).
    [Fact]
    public void RetransmissionsBackOff()
    {
        FakeWorld world = new FakeWorld(leaseOnly: true, timeoutMs: 0).Start();
        world.Sent();
        foreach (int seconds in new[] { 4, 8, 16, 32, 64, 64 })
        {
            long delay = world.Client.DeadlineMs - world.Now;
            Assert.InRange(delay, seconds * 1000 - 1000, seconds * 1000 + 1000);
            world.Pass(delay);
            Assert.Equal(Discover, world.Sent().Type);
        }
    }

    [Fact]
    public void AnUnansweredProfileIsSentAgain()
    {
        FakeWorld world = new FakeWorld(timeoutMs: 0).Start();
        world.Pass(DeviceClient.AnswerWindowMs + 5001);
        Assert.Equal([DwirmClient, Discover, DwirmClient, Discover], world.Messages.Select(m => m.Type));
    }

    [Fact]
    public void NothingAtAllEndsWithOneAtTheTimeout()
    {
        FakeWorld world = new FakeWorld(timeoutMs: 10_000).Start();
        world.Pass(9_999);
        Assert.Null(world.Client.ExitCode);
        world.Pass(1);
        Assert.Equal(1, world.Client.ExitCode);
        Assert.Equal(["timeout DHCPOFFER"], world.Told);
    }

    [Fact]
    public void ALeaseWithoutAnAnswerIsNotEnough()
    {
        FakeWorld world = Bound(hold: false, answer: null);
        Assert.Null(world.Client.ExitCode);
        world.Pass(30_000);
        Assert.Equal(1, world.Client.ExitCode);
        Assert.Equal("timeout an answer to the profile", world.Told[^1]);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-20")]
    public void ALateAnswerIsUnsolicitedAndEndsTheRun()
    {
        FakeWorld world = Bound(hold: false, answer: null);
        world.Pass(2000);
        world.Receive(FakeWorld.Reply(DwirmServer, world.Messages[0].Xid, FakeWorld.Amended));
        Assert.Equal($"answer unsolicited DHCPDWIRMSERVER 2000 {FakeWorld.Amended}", world.Told[^1]);
        Assert.Equal(0, world.Client.ExitCode);
    }

    [Fact]
    public void ADenialKeepsTheLeaseAndEndsWithOne()
    {
        FakeWorld world = Bound(hold: false, answer: FakeWorld.Denied);
        Assert.Equal(1, world.Client.ExitCode);
        Assert.NotNull(world.Configured);
    }

    [Fact]
    public void HoldingListensForEveryLaterAnswer()
    {
        FakeWorld world = Bound();
        world.Pass(60_000);
        world.Receive(FakeWorld.Reply(DwirmServer, world.Messages[0].Xid, FakeWorld.Denied));
        world.Receive(FakeWorld.Reply(DwirmServer, 0x7777, FakeWorld.Amended));
        Assert.Equal(2, world.Told.Count(t => t.StartsWith("answer unsolicited", StringComparison.Ordinal)));
        // Another transaction of another server says nothing to us.
        world.Receive(FakeWorld.Reply(DwirmServer, 0x7777, FakeWorld.Denied, server: new Ipv4Address(1)));
        Assert.Equal(2, world.Told.Count(t => t.StartsWith("answer unsolicited", StringComparison.Ordinal)));
        Assert.Null(world.Client.ExitCode);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-25")]
    public void InModeDiscoverTheProfileRidesAlong()
    {
        FakeWorld world = new FakeWorld(NegotiationMode.Discover).Start();
        SentMessage discover = world.Sent();
        Assert.Equal(Discover, discover.Type);
        Assert.Equal(FakeWorld.Profile, Encoding.UTF8.GetString(discover.Option(224)!));
        Assert.Contains((byte)224, discover.Option(55)!);
        world.Pass(3);
        world.Receive(FakeWorld.Reply(Offer, discover.Xid, FakeWorld.Amended));
        SentMessage request = world.Sent();
        Assert.Equal(FakeWorld.Profile, Encoding.UTF8.GetString(request.Option(224)!));
        world.Receive(FakeWorld.Reply(Ack, discover.Xid, FakeWorld.Amended));
        Assert.Equal(
            ["offer 192.168.1.101", $"answer solicited DHCPOFFER 3 {FakeWorld.Amended}", "bound 192.168.1.101/24", $"answer solicited DHCPACK 3 {FakeWorld.Amended}"],
            world.Told);
        Assert.Equal(0, world.Client.ExitCode);
    }

    [Fact]
    public void LeaseOnlyIsAnOrdinaryClient()
    {
        FakeWorld world = new FakeWorld(leaseOnly: true).Start();
        SentMessage discover = world.Sent();
        Assert.Equal(Discover, discover.Type);
        Assert.Null(discover.Option(224));
        Assert.Equal([1, 3, 6, 15, 51, 54], discover.Option(55)!);
        world.Receive(FakeWorld.Reply(Offer, discover.Xid));
        world.Sent();
        world.Receive(FakeWorld.Reply(Ack, discover.Xid));
        Assert.Equal(0, world.Client.ExitCode);
    }

    [Fact]
    public void TheLeaseIsRenewedByUnicastThenReboundByBroadcastThenLost()
    {
        FakeWorld world = Bound(leaseSeconds: 800);
        world.Pass(400_000 - 1);
        Assert.Equal(2, world.Messages.Count);
        world.Pass(1);
        SentMessage renew = world.Messages[^1];
        Assert.Equal((Request, FakeWorld.Address, FakeWorld.Address, FakeWorld.Server), (renew.Type, renew.Ciaddr, renew.Source, renew.Destination));
        Assert.Null(renew.Option(50));
        Assert.Null(renew.Option(54));
        Assert.Equal(ClientState.Renewing, world.Client.State);
        // T2 is 700 s: half of the 300 s that are left, then half of the next 150, but never less than 60.
        world.Pass(150_000 + 75_000 + 60_000);
        Assert.Equal(6, world.Messages.Count);
        world.Pass(15_000);
        SentMessage rebind = world.Messages[^1];
        Assert.Equal((Request, FakeWorld.Address, Ipv4Address.Broadcast), (rebind.Type, rebind.Source, rebind.Destination));
        Assert.Equal(ClientState.Rebinding, world.Client.State);
        world.Pass(100_000);
        Assert.Contains("expired 192.168.1.101", world.Told);
        Assert.Null(world.Configured);
        Assert.Equal((ClientState.Asking, DwirmClient), (world.Client.State, world.Messages[^1].Type));
    }

    [Fact]
    public void AnAckWhileRenewingCountsFromTheRequest()
    {
        FakeWorld world = Bound(leaseSeconds: 800);
        world.Pass(400_000);
        long asked = world.Now;
        world.Pass(1_000);
        world.Receive(FakeWorld.Reply(Ack, world.Messages[^1].Xid, leaseSeconds: 800));
        Assert.Equal("renewed 192.168.1.101/24", world.Told[^1]);
        Assert.Equal((ClientState.Bound, asked + 400_000), (world.Client.State, world.Client.DeadlineMs));
        Assert.Equal(asked + 800_000, world.Configured!.ExpiryMs);
    }

    [Fact]
    public void TheServersTimesAreTakenWhenTheyMakeSense()
    {
        FakeWorld world = new FakeWorld(leaseOnly: true, hold: true).Start();
        uint xid = world.Sent().Xid;
        world.Receive(FakeWorld.Reply(Offer, xid));
        world.Receive(FakeWorld.Reply(Ack, xid, leaseSeconds: 1000, t1: 100, t2: 200));
        Assert.Equal((world.Now + 100_000, world.Now + 200_000), (world.Client.Lease!.RenewMs, world.Client.Lease.RebindMs));

        world = new FakeWorld(leaseOnly: true, hold: true).Start();
        xid = world.Sent().Xid;
        world.Receive(FakeWorld.Reply(Offer, xid));
        world.Receive(FakeWorld.Reply(Ack, xid, leaseSeconds: 1000, t1: 900, t2: 200));
        Assert.Equal((world.Now + 500_000, world.Now + 875_000), (world.Client.Lease!.RenewMs, world.Client.Lease.RebindMs));
    }

    [Fact]
    public void AnInfiniteLeaseIsNeverRenewed()
    {
        FakeWorld world = Bound(leaseSeconds: LeaseFacts.Infinite);
        Assert.Equal(long.MaxValue, world.Client.DeadlineMs);
    }

    [Fact]
    public void ANakStartsOverAfterAMoment()
    {
        FakeWorld world = new FakeWorld(hold: true).Start();
        uint xid = world.Sent().Xid;
        world.Receive(FakeWorld.Reply(Offer, xid));
        world.Sent();
        // Of a server we did not choose: nothing.
        world.Receive(FakeWorld.Reply(Nak, xid, server: new Ipv4Address(1)));
        Assert.Equal(ClientState.Requesting, world.Client.State);
        world.Receive(FakeWorld.Reply(Nak, xid));
        Assert.Equal("nak no", world.Told[^1]);
        world.Receive(FakeWorld.Reply(Ack, xid));
        Assert.Null(world.Client.Lease);
        world.Pass(DeviceClient.AfterRefusalMs - 1);
        world.SentNothing();
        world.Pass(1);
        SentMessage again = world.Sent();
        Assert.Equal(DwirmClient, again.Type);
        Assert.NotEqual(xid, again.Xid);
    }

    [Fact]
    public void ANakWhileRenewingTakesTheAddressBack()
    {
        FakeWorld world = Bound();
        world.Pass(1_800_000);
        world.Receive(FakeWorld.Reply(Nak, world.Messages[^1].Xid));
        Assert.Null(world.Configured);
        Assert.Null(world.Client.Lease);
    }

    [Fact]
    public void RequestsAreRepeatedAndThenAllBeginsAgain()
    {
        FakeWorld world = new FakeWorld(timeoutMs: 0).Start();
        uint xid = world.Sent().Xid;
        world.Receive(FakeWorld.Reply(Offer, xid));
        world.Pass(64_001);
        Assert.Equal(DeviceClient.RequestAttempts, world.Messages.Count(m => m.Type == Request && m.Xid == xid));
        Assert.Contains(world.Messages, m => m.Type == DwirmClient && m.Xid != xid);
    }

    [Fact]
    public void StoppingReleases()
    {
        FakeWorld world = Bound();
        world.Client.Stop();
        SentMessage release = world.Messages[^1];
        Assert.Equal((Release, FakeWorld.Address, FakeWorld.Address, FakeWorld.Server), (release.Type, release.Ciaddr, release.Source, release.Destination));
        Assert.Equal([192, 168, 1, 1], release.Option(54)!);
        Assert.Equal([1, 2, 0, 0, 0, 0, 1], release.Option(61)!);
        Assert.Null(release.Option(55));
        Assert.Null(world.Configured);
        Assert.Equal(0, world.Client.ExitCode);
        Assert.Equal("released 192.168.1.101", world.Told[^1]);
    }

    [Fact]
    public void NoReleaseKeepsLeaseAndAddress()
    {
        FakeWorld world = Bound(release: false);
        int before = world.Messages.Count;
        world.Client.Stop();
        Assert.Equal(before, world.Messages.Count);
        Assert.NotNull(world.Configured);
        Assert.Equal(0, world.Client.ExitCode);
    }

    [Fact]
    public void StoppingWithoutALeaseEndsWithOne()
    {
        FakeWorld world = new FakeWorld().Start();
        world.Client.Stop();
        Assert.Equal(1, world.Client.ExitCode);
        Assert.DoesNotContain(world.Messages, m => m.Type == Release);
    }

    [Fact]
    public void WhatIsNotForUsIsNotTaken()
    {
        FakeWorld world = new FakeWorld().Start();
        uint xid = world.Sent().Xid;
        world.Receive(FakeWorld.Reply(Offer, xid + 1));
        world.Receive(FakeWorld.Reply(Offer, xid, mac: new MacAddress(7)));
        world.Receive(FakeWorld.Reply(Offer, xid, op: 1));
        world.Receive(FakeWorld.Reply(Ack, xid));
        world.Receive(FakeWorld.Reply(Offer, xid, leaseSeconds: 0));
        world.Receive(FakeWorld.Reply(Offer, xid, yiaddr: Ipv4Address.Any));
        world.Receive(FakeWorld.Reply(Offer, xid, yiaddr: Ipv4Address.Broadcast));
        world.Receive([]);
        world.Receive(FakeWorld.Reply(Offer, xid)[..200]);
        world.SentNothing();
        Assert.Empty(world.Told);
    }

    [Fact]
    public void AnAnswerThatCannotBeReadIsSaidAndIsNone()
    {
        FakeWorld world = new FakeWorld(hold: false).Start();
        uint xid = world.Sent().Xid;
        world.Receive(FakeWorld.Reply(DwirmServer, xid, "{not json"));
        Assert.Equal(["unreadable DHCPDWIRMSERVER"], world.Told);
        world.Receive(FakeWorld.Reply(DwirmServer, xid, FakeWorld.Amended));
        Assert.StartsWith("answer solicited", world.Told[^1], StringComparison.Ordinal);
    }
}
