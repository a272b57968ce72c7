using System;
using System.Collections.Generic;
using Dwirm.Daemon.Keys;
using Dwirm.Daemon.Tests.Service;
using Dwirm.Policy;
using Dwirm.TestKit;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;
using static Dwirm.Daemon.Tests.Keys.KeyedDevice;

namespace Dwirm.Daemon.Tests.Keys;

/// <summary>RFC 3118 from the packet to what is granted.</summary>
[Trait("Requirement", "DHC-07")]
public sealed class AuthenticationTests : IDisposable
{
    private readonly KeyedDevice _camera = new();

    private TestRouter Router => _camera.Router;

    public void Dispose() => _camera.Dispose();

    [Fact]
    [Trait("Requirement", "DWIRM-17")]
    public void A_proven_request_is_given_full_access_by_rule_and_signed_answers()
    {
        List<SentMessage> sent = Router.Receive(_camera.SignedProfile());
        Assert.Equal([Dhcpv4MessageType.DefaultDwirmServer, Dhcpv4MessageType.Offer], sent.ConvertAll(one => one.Type));
        Assert.All(sent, one => Assert.True(_camera.IsSigned(one)));
        Assert.True(Router.Device(Camera).Record is { Authenticated: true, State: DeviceState.FullAccess });
        byte[] request = _camera.Sign(Dhcpv4Builder.Select(Camera, sent[1].Address, Router.Lan.RouterAddress));
        SentMessage ack = Assert.Single(Router.Receive(request));
        Assert.Equal(Dhcpv4MessageType.Ack, ack.Type);
        Assert.True(_camera.IsSigned(ack));
        Assert.True(_camera.HasFullAccess);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-17")]
    public void The_same_request_without_a_key_waits_for_the_owner()
    {
        using var keyless = new KeyedDevice(withKey: false);
        keyless.Router.Receive(Dhcpv4Builder.DwirmClient(Camera, FullAccess));
        SentMessage offer = Assert.Single(keyless.Router.Wait(100));
        Assert.Equal(-1, SignedMessages.Find(offer.Bytes, 90));
        keyless.Router.Lease(Camera);
        Assert.True(keyless.Router.Device(Camera).Record is { Authenticated: false, State: DeviceState.Pending });
        Assert.False(keyless.HasFullAccess);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-17")]
    public void No_changed_octet_of_a_signed_request_is_granted_anything()
    {
        byte[] message = _camera.SignedProfile();
        for (int at = 0; at < message.Length; at++)
        {
            if (at is 3 or (>= 24 and < 28)) continue;
            byte[] changed = [.. message];
            changed[at] ^= 0x01;
            Router.Receive(changed);
            Router.Wait(1000);
            Assert.False(Router.State.Devices.Find(Camera) is { Record.Authenticated: true }, $"octet {at}");
            Assert.False(_camera.HasFullAccess);
        }
        Router.Receive(message);
        Assert.True(Router.Device(Camera).Record.Authenticated);
    }

    [Fact]
    public void A_message_is_taken_once_also_after_a_restart()
    {
        byte[] message = _camera.SignedProfile();
        Assert.NotEmpty(Router.Receive(message));
        Assert.Empty(Router.Receive(message));
        Router.RestartKeys();
        Assert.Empty(Router.Receive(message));
        Assert.Equal(2, _camera.Counted("auth:replayed"));
        Assert.NotEmpty(Router.Receive(_camera.SignedProfile()));
    }

    [Fact]
    public void The_counter_is_recorded_before_anything_is_said()
    {
        Router.Store.Fails = true;
        Assert.Empty(Router.Receive(_camera.SignedProfile()));
        Router.Store.Fails = false;
        Router.Wait(1000);
        Assert.Equal(101ul, Router.Store.Counters[_camera.Key.CounterName]);
    }

    [Fact]
    public void Our_own_counter_never_goes_back_over_restarts_and_clock_steps_and_is_seldom_written()
    {
        ulong last = 0;
        var ceilings = new HashSet<ulong>();
        for (int i = 0; i < 60; i++)
        {
            SentMessage answer = Router.Receive(_camera.SignedProfile())[0];
            ulong counter = CounterOf(answer);
            Assert.True(counter > last);
            ulong ceiling = Router.Store.Counters["auth-server"];
            Assert.True(ceiling >= counter);
            ceilings.Add(ceiling);
            last = counter;
            if (i == 20) Router.RestartKeys();
            if (i == 30) Router.SetClock(0, trusted: false);
            if (i == 40) Router.RestartKeys();
            Router.Wait(20_000);
        }
        // Twenty minutes and two restarts: one reservation for each start, no more.
        Assert.InRange(ceilings.Count, 2, 3);
    }

    [Fact]
    public void A_device_with_a_key_has_to_use_it_for_profiles_and_is_served_without()
    {
        Router.Receive(_camera.SignedProfile(Video));
        Router.Lease(Camera);
        DeviceRecord before = Router.Device(Camera).Record;
        List<SentMessage> sent = Router.Receive(Dhcpv4Builder.DwirmClient(Camera, FullAccess));
        Assert.DoesNotContain(sent, one => one.Type == Dhcpv4MessageType.DefaultDwirmServer);
        Router.Receive(Dhcpv4Builder.Discover(Camera).Profile(FullAccess));
        Router.Receive(Dhcpv4Builder.DwirmClient(Camera, "{broken"));
        Assert.Equal(before, Router.Device(Camera).Record);
        Assert.Equal(3, _camera.Counted("auth:unproven-profile"));
        Router.Lease(Camera);
    }

    [Fact]
    public void A_discover_that_asks_is_offered_a_signed_offer_and_its_profile_counts_with_the_signed_request()
    {
        List<SentMessage> sent = Router.Receive(Dhcpv4Builder.Discover(Camera).Profile(FullAccess).Requesting(224).AsksForAuthentication(1).PadTo(300).Build());
        SentMessage offer = Assert.Single(sent);
        Assert.True(_camera.IsSigned(offer));
        Assert.Null(Router.State.Devices.Find(Camera));
        byte[] request = _camera.Sign(Dhcpv4Builder.Select(Camera, offer.Address, Router.Lan.RouterAddress).Profile(FullAccess).Requesting(224));
        SentMessage ack = Assert.Single(Router.Receive(request));
        Assert.True(_camera.IsSigned(ack));
        Assert.Equal(FullAccess, ack.Profile);
        Assert.True(_camera.HasFullAccess);
    }

    [Fact]
    public void Offers_that_waited_are_signed_too()
    {
        Assert.Empty(Router.Receive(_camera.SignedProfile("""{"IoT Profile":{"Provide":{"Anything":{"Ports":"7000"}}}}""")));
        SentMessage offer = Assert.Single(Router.Wait(100));
        Assert.True(_camera.IsSigned(offer));
        Assert.Null(Router.Owner.Approve(Camera, null, false, Router.Now));
        Router.Commit();
        Assert.True(_camera.IsSigned(Assert.Single(Router.Lan.Sent, one => one.Type == Dhcpv4MessageType.DefaultDwirmServer)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void What_fails_is_discarded_and_counted(int kind)
    {
        Dhcpv4Builder request = Dhcpv4Builder.Reboot(Camera, new Ipv4Address(0xc0a80164));
        byte[] token = new byte[31];
        (byte[] message, string counter) = kind switch
        {
            0 => (SignedMessages.Sign(request.Delayed(_camera.Key.SecretId ^ 1, 200).PadTo(300).Build(), _camera.Key.Secret), "auth:unknown-secret"),
            1 => (SignedMessages.Sign(request.Delayed(_camera.Key.SecretId, 200).PadTo(300).Build(), new byte[16]), "auth:bad-code"),
            2 => (request.AsksForAuthentication(200).PadTo(300).Build(), "auth:no-code"),
            3 => (request.Option(90, token).PadTo(300).Build(), "auth:other-protocol"),
            _ => (request.Option(90, 1, 1, 0).PadTo(300).Build(), "auth:malformed"),
        };
        Assert.Empty(Router.Receive(message));
        Assert.Equal(1, _camera.Counted(counter));
    }

    [Fact]
    public void Another_device_cannot_use_the_key()
    {
        var other = new MacAddress(0x020000000002);
        Assert.Empty(Router.Receive(_camera.Sign(Dhcpv4Builder.DwirmClient(other, FullAccess))));
        Assert.Null(Router.State.Devices.Find(other));
    }

    [Fact]
    public void Nobody_else_releases_its_address_once_it_uses_its_key()
    {
        Router.Receive(_camera.SignedProfile());
        Ipv4Address address = Router.Lease(Camera);
        Router.Receive(Dhcpv4Builder.Release(Camera, address, Router.Lan.RouterAddress));
        Assert.True(_camera.HasFullAccess);
        Assert.NotNull(Router.State.LeaseOf(Router.Device(Camera)));
        Router.Receive(_camera.Sign(Dhcpv4Builder.Release(Camera, address, Router.Lan.RouterAddress)));
        Assert.Null(Router.State.LeaseOf(Router.Device(Camera)));
    }

    [Fact]
    public void Nobody_else_moves_it_to_another_network()
    {
        Router.Receive(_camera.SignedProfile());
        Router.Lease(Camera);
        Router.Lease(Camera, Router.Iot);
        Assert.Equal("lan", Router.Device(Camera).Record.Network);
        Assert.True(_camera.HasFullAccess);
    }

    [Fact]
    public void A_relay_on_the_way_changes_nothing()
    {
        byte[] message = _camera.SignedProfile();
        int end = 240;
        while (message[end] != 255) end += 2 + message[end + 1];
        byte[] relayed = [.. message[..end], 82, 3, 1, 1, 9, 255, .. message[(end + 1)..]];
        relayed[3] = 1;
        new Ipv4Address(0xc0a80102).Write(relayed.AsSpan(24));
        List<SentMessage> sent = Router.Receive(relayed);
        Assert.Equal(2, sent.Count);
        foreach (SentMessage one in sent)
        {
            // What the client gets: without option 82, whose octets were not counted, and without giaddr, which does not count.
            int at = SignedMessages.Find(one.Bytes, 82);
            byte[] cut = [.. one.Bytes[..at], .. one.Bytes[(at + 5)..]];
            Assert.True(cut.Length >= 300);
            Assert.True(SignedMessages.IsSigned(cut, _camera.Key.Secret));
        }
        Assert.True(Router.Device(Camera).Record.Authenticated);
    }

    [Fact]
    [Trait("Requirement", "B9")]
    public void A_flood_computes_few_codes_and_does_not_lock_others_out()
    {
        byte[] forged = SignedMessages.Sign(Dhcpv4Builder.DwirmClient(Camera, FullAccess).Delayed(_camera.Key.SecretId, 5000).PadTo(300).Build(), new byte[16]);
        for (int i = 0; i < 1000; i++) Router.Receive(forged);
        Assert.Equal(2 * Authenticator.ChecksPerSecondOfOne, _camera.Counted("auth:bad-code"));
        Assert.Equal(1000 - 2 * Authenticator.ChecksPerSecondOfOne, _camera.Counted("auth:rate-limited"));
        var other = new MacAddress(0x020000000002);
        Router.State.KeyCommands.Add(other, Router.Now, out DeviceKey? key);
        byte[] message = SignedMessages.Sign(Dhcpv4Builder.DwirmClient(other, FullAccess).Delayed(key!.SecretId, 1).PadTo(300).Build(), key.Secret);
        Assert.NotEmpty(Router.Receive(message));
        Router.Wait(1000);
        Assert.NotEmpty(Router.Receive(_camera.SignedProfile()));
    }

    [Fact]
    [Trait("Requirement", "B9")]
    public void A_device_with_a_key_cannot_wear_the_flash_out_either()
    {
        for (int second = 0; second < 1000; second++)
        {
            Router.Receive(_camera.Sign(Dhcpv4Builder.Discover(Camera)));
            Router.Wait(1000);
        }
        Assert.InRange(_camera.Counted("auth:proven"), 100, Authenticator.TakenAtOnce + 101);
    }

    [Fact]
    public void With_the_store_lost_only_a_counter_that_follows_the_time_is_new()
    {
        byte[] old = _camera.SignedProfile();
        Router.Receive(old);
        Router.Store.Counters.Clear();
        Router.RestartKeys();
        Assert.Empty(Router.Receive(_camera.SignedProfile()));
        Router.SetClock(Router.Now.UnixMs, trusted: false);
        Assert.Empty(Router.Receive(_camera.Sign(Dhcpv4Builder.DwirmClient(Camera, FullAccess), ReplayCounter.At(Router.Now.UnixMs + 1))));
        Router.SetClock(Router.Now.UnixMs);
        Assert.Empty(Router.Receive(_camera.Sign(Dhcpv4Builder.DwirmClient(Camera, FullAccess), ReplayCounter.At(Router.Now.UnixMs - 1))));
        Assert.Empty(Router.Receive(_camera.Sign(Dhcpv4Builder.DwirmClient(Camera, FullAccess), ulong.MaxValue)));
        Assert.Equal(4, _camera.Counted("auth:counter-lost"));
        Assert.NotEmpty(Router.Receive(_camera.Sign(Dhcpv4Builder.DwirmClient(Camera, FullAccess), ReplayCounter.At(Router.Now.UnixMs + 1))));
        Assert.Empty(Router.Receive(old));
    }

    private static ulong CounterOf(SentMessage message)
    {
        Assert.True(Dhcpv4Packet.TryParse(message.Bytes, out Dhcpv4Packet packet, out _));
        return Dhcpv4Authentication.Read(packet).Counter;
    }
}
