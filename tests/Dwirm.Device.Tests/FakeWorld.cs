using System;
using System.Collections.Generic;
using System.Text;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Device.Tests;

/// <summary>A message the client sent.</summary>
internal sealed record SentMessage(byte[] Bytes, Ipv4Address Source, Ipv4Address Destination)
{
    public byte Type => Read((in Dhcpv4Packet p) => p.MessageType);
    public uint Xid => Read((in Dhcpv4Packet p) => p.Xid);
    public Ipv4Address Ciaddr => Read((in Dhcpv4Packet p) => p.Ciaddr);

    public byte[]? Option(byte code) => Read((in Dhcpv4Packet p) => p.TryGetOption(code, new byte[16384], out ReadOnlySpan<byte> value) ? value.ToArray() : null);

    public T Read<T>(Reader<T> reader)
    {
        Assert.True(Dhcpv4Packet.TryParse(Bytes, out Dhcpv4Packet packet, out ParseFault fault), $"{fault}");
        return reader(packet);
    }

    public delegate T Reader<out T>(in Dhcpv4Packet packet);
}

/// <summary>Client, server bytes and time, all in the hand of the test.</summary>
internal sealed class FakeWorld : IClientPort, IReport
{
    public static readonly MacAddress Mac = new(0x020000000001);
    public static readonly Ipv4Address Server = new(0xc0a80101), Address = new(0xc0a80165);
    public const string Profile = """{"IoT Profile":{"Description":"Cam","Provide":{"Video Stream":{"Ports":"88-99","PortFwd":"88-99:8088-8099"}}}}""";
    public const string Amended = """{"IoT Profile":{"Description":"Cam","Provide":{"Video Stream":{"Ports":"88-99","PortFwd":""}}}}""";
    public const string Denied = """{"IoT Profile":{"Description":"Cam","Status":"Deny"}}""";

    private uint _random = 1000;
    private int _read;

    public FakeWorld(NegotiationMode mode = NegotiationMode.Client, bool hold = false, long timeoutMs = 30_000, bool leaseOnly = false, bool release = true, string profile = Profile, ClientSecret? secret = null)
    {
        var identity = new ClientIdentity { Mac = Mac, ClientId = [1, 2, 0, 0, 0, 0, 1], Profile = leaseOnly ? [] : Encoding.UTF8.GetBytes(profile), Mode = mode, HostName = "cam" };
        Client = new DeviceClient(identity, new ClientTerms(hold, timeoutMs, release), new ClientAuthentication(secret, () => Now, static _ => { }), this, this, () => _random++);
    }

    public DeviceClient Client { get; }
    public long Now { get; private set; } = 5_000_000;
    public List<SentMessage> Messages { get; } = [];
    public List<string> Told { get; } = [];
    public LeaseFacts? Configured { get; private set; }

    public FakeWorld Start()
    {
        Client.Start(Now);
        return this;
    }

    /// <summary>The message sent since the last call; exactly one.</summary>
    public SentMessage Sent()
    {
        Assert.Equal(_read + 1, Messages.Count);
        return Messages[_read++];
    }

    public void SentNothing() => Assert.Equal(_read, Messages.Count);

    /// <summary>Lets time pass as the loop does: from deadline to deadline.</summary>
    public void Pass(long milliseconds)
    {
        long end = Now + milliseconds;
        while (Client.DeadlineMs <= end)
        {
            Now = Math.Max(Now, Client.DeadlineMs);
            Client.RunDue(Now);
        }
        Now = end;
        Client.RunDue(Now);
    }

    public void Receive(byte[] datagram) => Client.Handle(datagram, Now);

    public static byte[] Reply(byte type, uint xid, string? answer = null, uint leaseSeconds = 3600, Ipv4Address? yiaddr = null, Ipv4Address? server = null, MacAddress? mac = null, byte op = 2, uint? t1 = null, uint? t2 = null)
    {
        byte[] buffer = new byte[4096];
        byte[] chaddr = new byte[6];
        (mac ?? Mac).Write(chaddr);
        var writer = new Dhcpv4Writer(buffer);
        writer.Header(op, 1, 6, xid, 0, chaddr);
        writer.Addresses(default, type is 2 or 5 ? yiaddr ?? Address : default, default, default);
        writer.PutU8(Dhcpv4OptionCode.MessageType, type);
        writer.PutAddress(Dhcpv4OptionCode.ServerIdentifier, server ?? Server);
        if (type is 2 or 5)
        {
            writer.PutU32Be(Dhcpv4OptionCode.LeaseTime, leaseSeconds);
            if (t1 is { } renewal) writer.PutU32Be(Dhcpv4OptionCode.RenewalTime, renewal);
            if (t2 is { } rebinding) writer.PutU32Be(Dhcpv4OptionCode.RebindingTime, rebinding);
            writer.PutU32Be(Dhcpv4OptionCode.SubnetMask, 0xffffff00);
            writer.PutAddress(Dhcpv4OptionCode.Router, Server);
            writer.Put(Dhcpv4OptionCode.DnsServer, [192, 168, 1, 1, 9, 9, 9, 9]);
        }
        if (type == 6) writer.PutAscii(Dhcpv4OptionCode.Message, "no");
        if (answer is not null) writer.PutLong(224, Encoding.UTF8.GetBytes(answer));
        Assert.True(writer.TryFinish(out int written));
        return buffer[..written];
    }

    public void Send(ReadOnlySpan<byte> message, Ipv4Address source, Ipv4Address destination) => Messages.Add(new SentMessage(message.ToArray(), source, destination));

    public void Configure(LeaseFacts lease) => Configured = lease;

    public void Unconfigure(LeaseFacts lease)
    {
        Assert.Equal(Configured, lease);
        Configured = null;
    }

    void IReport.Sent(string name, int octets) => Assert.Equal(Messages[^1].Bytes.Length, octets);

    public void Answer(ReadOnlySpan<byte> profile, bool solicited, string carrier, long elapsedMs) =>
        Told.Add($"answer {(solicited ? "solicited" : "unsolicited")} {carrier} {elapsedMs} {Encoding.UTF8.GetString(profile)}");

    public void Unreadable(string carrier, string reason) => Told.Add($"unreadable {carrier}");

    public void Offer(LeaseFacts offer) => Told.Add($"offer {offer.Address}");

    public void Bound(LeaseFacts lease, bool renewed) => Told.Add($"{(renewed ? "renewed" : "bound")} {lease.Prefix}");

    public void Nak(string message) => Told.Add($"nak {message}");

    public void Expired(LeaseFacts lease) => Told.Add($"expired {lease.Address}");

    public void Released(LeaseFacts lease) => Told.Add($"released {lease.Address}");

    public bool Authenticated { get; set; }

    public void Refused(string carrier, string reason) => Told.Add($"refused {carrier} {reason}");

    public void ForcedToRenew() => Told.Add("forced");

    public void TimedOut(string waitedFor) => Told.Add($"timeout {waitedFor}");
}
