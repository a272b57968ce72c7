using System;
using System.IO;
using System.Linq;
using Dwirm.TestKit;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Device.Tests;

/// <summary>The client's side of RFC 3118, RFC 3203 and RFC 6704. What it sends and hears is checked by a signer that shares no code with it.</summary>
[Trait("Requirement", "DHC-07")]
public class AuthenticationTests
{
    private const byte Discover = 1, Offer = 2, Request = 3, Ack = 5, Nak = 6, Release = 7, ForceRenew = 9, DwirmClient = 240, DwirmServer = 241;
    private const string Secret = "000102030405060708090a0b0c0d0e0f";
    private static readonly byte[] Key = Convert.FromHexString(Secret);
    private ulong _counter = 1000;

    [Fact]
    public void EverythingIsSignedAndTheDiscoverAsks()
    {
        FakeWorld world = Keyed();
        SentMessage profile = world.Sent();
        Assert.Equal(DwirmClient, profile.Type);
        Assert.True(SignedMessages.IsSigned(profile.Bytes, Key));
        world.Pass(300);
        SentMessage discover = world.Sent();
        Assert.Equal((Discover, 11), (discover.Type, discover.Option(90)!.Length));
        world.Receive(Signed(FakeWorld.Reply(Offer, discover.Xid)));
        SentMessage request = world.Sent();
        Assert.Equal(Request, request.Type);
        Assert.True(SignedMessages.IsSigned(request.Bytes, Key));
        world.Receive(Signed(FakeWorld.Reply(Ack, request.Xid)));
        Assert.Equal(ClientState.Bound, world.Client.State);
        world.Client.Stop();
        SentMessage release = world.Sent();
        Assert.Equal(Release, release.Type);
        Assert.True(SignedMessages.IsSigned(release.Bytes, Key));
        Assert.Null(release.Option(145));
        ulong[] counters = [Counter(profile), Counter(discover), Counter(request), Counter(release)];
        Assert.Equal(counters.Order().Distinct(), counters);
    }

    [Fact]
    public void WhatIsNotProvenIsRefusedAndSaid()
    {
        FakeWorld world = Keyed();
        uint xid = world.Sent().Xid;
        world.Receive(FakeWorld.Reply(DwirmServer, xid, FakeWorld.Amended));
        byte[] tampered = Signed(FakeWorld.Reply(DwirmServer, xid, FakeWorld.Amended));
        tampered[^40] ^= 1;
        world.Receive(tampered);
        world.Receive(Signed(FakeWorld.Reply(DwirmServer, xid, FakeWorld.Amended), secretId: 9));
        world.Receive(Signed(FakeWorld.Reply(DwirmServer, xid, FakeWorld.Amended), key: new byte[16]));
        world.Receive(FakeWorld.Reply(Offer, xid));
        Assert.Equal(
            [
                "refused DHCPDWIRMSERVER it is not authenticated", "refused DHCPDWIRMSERVER its authentication code is wrong",
                "refused DHCPDWIRMSERVER it is made with another secret", "refused DHCPDWIRMSERVER its authentication code is wrong",
                "refused DHCPOFFER it is not authenticated",
            ], world.Told);
        Assert.Equal(ClientState.Asking, world.Client.State);
        byte[] good = Signed(FakeWorld.Reply(DwirmServer, xid, FakeWorld.Amended));
        world.Receive(good);
        world.Receive(good);
        Assert.StartsWith("answer solicited DHCPDWIRMSERVER", world.Told[^2], StringComparison.Ordinal);
        Assert.Equal("refused DHCPDWIRMSERVER it was sent before: its replay counter is old", world.Told[^1]);
    }

    [Fact]
    public void AnAckThatFailsEndsTheAttemptAndANakThatFailsDoesNothing()
    {
        FakeWorld world = Keyed();
        uint xid = world.Sent().Xid;
        world.Receive(Signed(FakeWorld.Reply(Offer, xid)));
        world.Sent();
        world.Receive(FakeWorld.Reply(Nak, xid));
        Assert.Equal(ClientState.Requesting, world.Client.State);
        world.Receive(FakeWorld.Reply(Ack, xid));
        Assert.Equal(ClientState.Refused, world.Client.State);
        Assert.Null(world.Configured);
        world.Pass(1000);
        Assert.Equal(DwirmClient, world.Sent().Type);
    }

    [Fact]
    [Trait("Requirement", "DHC-09")]
    public void AForceRenewProvenByTheSecretIsFollowed()
    {
        FakeWorld world = BoundWithKey();
        world.Receive(FakeWorld.Reply(ForceRenew, 5));
        world.SentNothing();
        byte[] forced = Signed(FakeWorld.Reply(ForceRenew, 5));
        world.Receive(forced);
        SentMessage request = world.Sent();
        Assert.Equal((Request, FakeWorld.Address), (request.Type, request.Ciaddr));
        world.Receive(Signed(FakeWorld.Reply(Ack, request.Xid, FakeWorld.Denied)));
        Assert.StartsWith("answer unsolicited DHCPACK", world.Told[^1], StringComparison.Ordinal);
        world.Receive(forced);
        world.SentNothing();
    }

    [Fact]
    [Trait("Requirement", "DHC-12")]
    [Trait("Requirement", "DHC-09")]
    public void WithoutASecretOnlyTheNonceProvesAForceRenew()
    {
        var world = new FakeWorld(hold: true);
        SentMessage profile = world.Start().Sent();
        Assert.Null(profile.Option(90));
        Assert.Equal([1], profile.Option(145)!);
        world.Receive(FakeWorld.Reply(Offer, profile.Xid));
        SentMessage request = world.Sent();
        Assert.Equal([1], request.Option(145)!);
        byte[] nonce = [.. Enumerable.Range(100, 16).Select(i => (byte)i)];
        byte[] ack = Insert(FakeWorld.Reply(Ack, request.Xid), [3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 5, 1, .. nonce]);
        world.Receive(ack);
        Assert.Equal(ClientState.Bound, world.Client.State);

        byte[] template = Insert(FakeWorld.Reply(ForceRenew, 5), [3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, 2, .. new byte[16]]);
        world.Receive(FakeWorld.Reply(ForceRenew, 5));
        world.Receive(SignedMessages.Sign([.. template], new byte[16]));
        byte[] old = [.. template];
        old[SignedMessages.Find(old, 90) + 12] = 5;
        world.Receive(SignedMessages.Sign(old, nonce));
        world.SentNothing();
        Assert.Equal(
            [
                "refused DHCPFORCERENEW it is not authenticated", "refused DHCPFORCERENEW its authentication code is wrong",
                "refused DHCPFORCERENEW it was sent before: its replay counter is old",
            ], world.Told.Where(line => line.StartsWith("refused", StringComparison.Ordinal)));
        world.Receive(SignedMessages.Sign(template, nonce));
        Assert.Equal(Request, world.Sent().Type);
        Assert.Equal("forced", world.Told[^1]);
    }

    [Fact]
    [Trait("Requirement", "DHC-12")]
    public void WithoutANonceNoForceRenewIsFollowed()
    {
        var world = new FakeWorld(hold: true);
        uint xid = world.Start().Sent().Xid;
        world.Receive(FakeWorld.Reply(Offer, xid));
        world.Receive(FakeWorld.Reply(Ack, world.Sent().Xid));
        byte[] forced = Insert(FakeWorld.Reply(ForceRenew, 5), [3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, 2, .. new byte[16]]);
        world.Receive(SignedMessages.Sign(forced, new byte[16]));
        world.SentNothing();
        Assert.Equal("refused DHCPFORCERENEW it cannot be checked: the router gave no nonce", world.Told[^1]);
    }

    [Theory]
    [InlineData("0000000a:" + Secret, true)]
    [InlineData("# remark\n\n0000000a:" + Secret + "\n", true)]
    [InlineData("", false)]
    [InlineData(Secret, false)]
    [InlineData("0000000a:00", false)]
    [InlineData("0000000a:" + Secret + "0", false)]
    [InlineData("0000000g:" + Secret, false)]
    [InlineData("0000000a:x00102030405060708090a0b0c0d0e0f", false)]
    [InlineData("0000000a:" + Secret + "\n0000000b:" + Secret, false)]
    public void KeyFilesAreReadStrictly(string text, bool valid)
    {
        Assert.Equal(valid, ClientSecret.TryParse(text, out ClientSecret? secret));
        if (!valid) return;
        Assert.Equal(10u, secret!.Id);
        Assert.Equal(Key, secret.Octets.ToArray());
    }

    [Fact]
    public void CountersGoOnInTheNextRunWhateverTheClockSays()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("AUTH-dwirm-").FullName, "key");
        File.WriteAllText(path, "0000000a:" + Secret);
        Assert.True(ClientSecret.TryRead(path, out ClientSecret? secret, out string error), error);
        FakeWorld first = Keyed(secret);
        SentMessage profile = first.Sent();
        first.Receive(Signed(FakeWorld.Reply(Offer, profile.Xid)));
        SentMessage request = first.Sent();
        byte[] ack = Signed(FakeWorld.Reply(Ack, request.Xid, FakeWorld.Amended));
        first.Receive(ack);

        Assert.True(ClientSecret.TryRead(path, out secret, out error), error);
        FakeWorld second = Keyed(secret);
        SentMessage again = second.Sent();
        Assert.True(Counter(again) > Counter(request));
        byte[] replayed = Signed(FakeWorld.Reply(DwirmServer, again.Xid, FakeWorld.Amended), counter: _counter);
        second.Receive(replayed);
        Assert.Contains("old", second.Told[^1], StringComparison.Ordinal);
        File.WriteAllText(path + ".counter", "nonsense");
        Assert.False(ClientSecret.TryRead(path, out _, out error));
        Assert.Contains(".counter", error, StringComparison.Ordinal);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static FakeWorld Keyed(ClientSecret? secret = null) => new FakeWorld(hold: true, secret: secret ?? new ClientSecret(10, Key)).Start();

    private FakeWorld BoundWithKey()
    {
        FakeWorld world = Keyed();
        uint xid = world.Sent().Xid;
        world.Receive(Signed(FakeWorld.Reply(Offer, xid)));
        world.Receive(Signed(FakeWorld.Reply(Ack, world.Sent().Xid, FakeWorld.Amended)));
        Assert.Equal(ClientState.Bound, world.Client.State);
        return world;
    }

    private byte[] Signed(byte[] reply, uint secretId = 10, byte[]? key = null, ulong? counter = null)
    {
        byte[] value = new byte[31];
        (value[0], value[1]) = (1, 1);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(value.AsSpan(3), counter ?? ++_counter);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(11), secretId);
        return SignedMessages.Sign(Insert(reply, value), key ?? Key);
    }

    /// <summary>Puts an option 90 first.</summary>
    private static byte[] Insert(byte[] message, byte[] value) => [.. message[..240], 90, (byte)value.Length, .. value, .. message[240..]];

    private static ulong Counter(SentMessage message) => message.Read((in Dhcpv4Packet packet) => Dhcpv4Authentication.Read(packet).Counter);
}
