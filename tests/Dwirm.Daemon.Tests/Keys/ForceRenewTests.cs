using System;
using System.Collections.Generic;
using System.Linq;
using Dwirm.Daemon.Tests.Service;
using Dwirm.TestKit;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;
using static Dwirm.Daemon.Tests.Keys.KeyedDevice;

namespace Dwirm.Daemon.Tests.Keys;

/// <summary>DHCPFORCERENEW instead of an unsolicited answer (RFC 3203), and the nonce that proves it (RFC 6704).</summary>
public sealed class ForceRenewTests : IDisposable
{
    private const string Asked = """{"IoT Profile":{"Provide":{"Anything":{"Ports":"7000","Rate":"2Mbps"}}}}""";
    private readonly KeyedDevice _camera = new(withKey: false);

    public ForceRenewTests() => Router.State.Config = Router.State.Config with { ForceRenew = true };

    private TestRouter Router => _camera.Router;

    public void Dispose() => _camera.Dispose();

    [Fact]
    [Trait("Requirement", "DHC-12")]
    public void A_nonce_is_given_once_and_to_those_who_list_it_only()
    {
        Ipv4Address address = Begin(Capable(Dhcpv4Builder.DwirmClient(Camera, Asked)), out byte[] ack);
        byte[] nonce = Nonce(ack)!;
        Assert.Equal(Router.Device(Camera).Nonce, nonce);
        Assert.Null(Nonce(Renew(address)));
        // A client that begins again may have lost it.
        byte[] second = Assert.Single(Router.Receive(Capable(Dhcpv4Builder.Select(Camera, address, Router.Lan.RouterAddress)))).Bytes;
        Assert.Equal(nonce, Nonce(second));
        byte[] other = Assert.Single(Router.Receive(Dhcpv4Builder.Select(Camera, address, Router.Lan.RouterAddress).Option(145, 2))).Bytes;
        Assert.Null(Nonce(other));
        Assert.Null(Router.Device(Camera).Nonce);
        byte[] renewed = Nonce(Renew(address))!;
        Assert.NotEqual(nonce, renewed);
    }

    [Fact]
    [Trait("Requirement", "DHC-12")]
    public void No_nonce_where_the_option_is_off()
    {
        Router.State.Config = Router.State.Config with { ForceRenew = false };
        Begin(Capable(Dhcpv4Builder.DwirmClient(Camera, Asked)), out byte[] ack);
        Assert.Null(Nonce(ack));
    }

    [Fact]
    [Trait("Requirement", "DHC-09")]
    public void A_late_decision_makes_the_client_renew_with_proof_in_unicast_backing_off()
    {
        Ipv4Address address = Begin(Capable(Dhcpv4Builder.DwirmClient(Camera, Asked)), out byte[] ack);
        byte[] nonce = Nonce(ack)!;
        List<(long At, SentMessage Message)> sent = [];
        int before = Router.Lan.Sent.Count;
        Assert.Null(Router.Owner.Approve(Camera, null, false, Router.Now));
        Router.Commit();
        sent.AddRange(Router.Lan.Sent.Skip(before).Select(one => (0L, one)));
        for (long ms = 500; ms <= 120_000; ms += 500) sent.AddRange(Router.Wait(500).Select(one => (ms, one)));
        Assert.Equal([0, 2000, 6000, 14_000, 30_000], sent.Select(one => one.At));
        ulong last = Counter(ack);
        foreach ((_, SentMessage message) in sent)
        {
            Assert.Equal((Dhcpv4MessageType.ForceRenew, address), (message.Type, message.Destination.Address));
            Assert.True(SignedMessages.IsSigned(message.Bytes, nonce));
            Assert.Equal(-1, message.Bytes.AsSpan().IndexOf(nonce));
            Assert.True(Counter(message.Bytes) > last);
            last = Counter(message.Bytes);
        }
    }

    [Fact]
    [Trait("Requirement", "DHC-09")]
    public void The_renewal_brings_the_answer_and_ends_the_series()
    {
        Ipv4Address address = Begin(Capable(Dhcpv4Builder.DwirmClient(Camera, Asked)), out _);
        Router.Owner.Approve(Camera, null, false, Router.Now);
        Router.Wait(1000);
        SentMessage ack = SentMessage.Read(Renew(address), default);
        Assert.Equal(Asked, ack.Profile);
        Assert.Empty(Router.Wait(120_000));
    }

    [Fact]
    [Trait("Requirement", "DHC-09")]
    public void A_client_that_cannot_check_it_is_sent_the_answer_as_before()
    {
        Begin(Dhcpv4Builder.DwirmClient(Camera, Asked).Requesting(224), out _);
        int before = Router.Lan.Sent.Count;
        Router.Owner.Approve(Camera, null, false, Router.Now);
        Router.Wait(10_000);
        List<SentMessage> sent = Router.Lan.Sent[before..];
        Assert.NotEmpty(sent);
        Assert.All(sent, one => Assert.Equal(Dhcpv4MessageType.DefaultDwirmServer, one.Type));
    }

    [Fact]
    [Trait("Requirement", "DHC-09")]
    public void A_device_with_a_key_is_forced_with_the_key_and_given_no_nonce()
    {
        _camera.AddKey();
        Router.Receive(_camera.Sign(Capable(Dhcpv4Builder.DwirmClient(Camera, Asked))));
        SentMessage offer = Assert.Single(Router.Wait(100));
        SentMessage ack = Assert.Single(Router.Receive(_camera.Sign(Capable(Dhcpv4Builder.Select(Camera, offer.Address, Router.Lan.RouterAddress)))));
        Assert.True(_camera.IsSigned(ack));
        Assert.Null(Nonce(ack.Bytes));
        int before = Router.Lan.Sent.Count;
        Router.Owner.Approve(Camera, null, false, Router.Now);
        Router.Commit();
        SentMessage forced = Assert.Single(Router.Lan.Sent[before..]);
        Assert.Equal(Dhcpv4MessageType.ForceRenew, forced.Type);
        Assert.True(_camera.IsSigned(forced));
    }

    private static Dhcpv4Builder Capable(Dhcpv4Builder message) => message.Option(145, 1).Requesting(224);

    /// <summary>A profile that waits for the owner, and a lease.</summary>
    private Ipv4Address Begin(Dhcpv4Builder profile, out byte[] ack)
    {
        Router.Receive(profile);
        SentMessage offer = Assert.Single(Router.Wait(100));
        SentMessage answer = Assert.Single(Router.Receive(Capable(Dhcpv4Builder.Select(Camera, offer.Address, Router.Lan.RouterAddress))));
        ack = answer.Bytes;
        if (profile.Build().AsSpan().IndexOf((byte)145) < 0) Router.Receive(Dhcpv4Builder.Select(Camera, offer.Address, Router.Lan.RouterAddress).Requesting(224));
        return offer.Address;
    }

    private byte[] Renew(Ipv4Address address) => Assert.Single(Router.Receive(Capable(Dhcpv4Builder.Renew(Camera, address)))).Bytes;

    private static byte[]? Nonce(byte[] message)
    {
        int at = SignedMessages.Find(message, 90);
        return at >= 0 && message[at + 2] == 3 && message[at + 13] == 1 ? message[(at + 14)..(at + 30)] : null;
    }

    private static ulong Counter(byte[] message) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(message.AsSpan(SignedMessages.Find(message, 90) + 5));
}
