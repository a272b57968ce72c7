using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Dwirm.Dhcp;
using Dwirm.Dhcp.Options;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Fuzz.Targets;

/// <summary>
/// The DHCP server with leases and reservations in place and a pool of four addresses, so that deep paths are reached. The input is a row of
/// messages, each behind three octets: bit 0 unicast, bit 1 the other network, bits 2 to 7 the time that passes before it (2^n ms); then its
/// length, most significant octet first. What is left over at the end is the last message.
/// </summary>
public sealed class ServerTarget : IFuzzTarget
{
    private const byte Profile = Dhcpv4OptionCode.DefaultProfile;

    private static readonly Ipv4Address Router = new(0xc0a80101);
    private static readonly Ipv4Address GuestRouter = new(0x0a000001);
    private static readonly Ipv4Address Reserved = new(0xc0a8010a);
    private static readonly MacAddress Owner = new(0x020000000001);
    private static readonly byte[] Answer = new byte[260];

    private static readonly Dhcpv4NetworkConfig[] Networks =
    [
        new()
        {
            Name = "lan",
            RouterPrefix = new Ipv4Prefix(Router, 24),
            PoolStart = new Ipv4Address(0xc0a80164),
            PoolEnd = new Ipv4Address(0xc0a80167),
            Routers = [Router],
            Dns = [Router],
            Ntp = [Router],
            Domain = "lan",
            ZonePosix = "UTC0",
            ZoneName = "UTC",
            Hosts =
            [
                new Dhcpv4Host { Macs = [Owner], Name = "owner", Address = Reserved },
                new Dhcpv4Host { Macs = [new MacAddress(0x020000000002)], ClientId = "ff01", Name = "pooled", Address = new Ipv4Address(0xc0a80165) },
                new Dhcpv4Host { Name = "by-name", LeaseSeconds = 300 },
                new Dhcpv4Host { Patterns = [new MacPattern(0x020000000000, 0xffffffff0000)], Gives = TagSet.Of(2), Broadcast = true },
                new Dhcpv4Host { Macs = [new MacAddress(0x020000000003)], Name = "tagged", Condition = new TagCondition(TagSet.Of(10), TagSet.Of(11)) },
            ],
            Options = Rules(),
            TagRules = Sources(),
            Boots = [new Dhcpv4BootRule { File = new byte[127], ServerName = [1], Condition = new TagCondition(TagSet.Of(12), default) }],
            MoreRanges = [new Dhcpv4Range(new Ipv4Address(0xc0a80170), new Ipv4Address(0xc0a80171)) { Condition = new TagCondition(TagSet.Of(13), default) }],
            RangeTags = TagSet.Of(1),
            KnownTag = TagSet.Of(3),
            BootpTag = TagSet.Of(4),
            RapidCommit = true,
            Probe = true,
            RefuseBogusNames = true,
        },
        new()
        {
            Name = "guest",
            RouterPrefix = new Ipv4Prefix(GuestRouter, 8),
            PoolStart = new Ipv4Address(0x0a000000),
            PoolEnd = new Ipv4Address(0x0a000003),
            Authoritative = false,
            LeaseSeconds = long.MaxValue,
            SequentialIp = true,
            Options = [new Dhcpv4OptionRule { Code = 116, Value = [0] }],
        },
        new()
        {
            Name = "far",
            RouterPrefix = new Ipv4Prefix(new Ipv4Address(0xac100001), 16),
            PoolStart = new Ipv4Address(0xac100100),
            PoolEnd = new Ipv4Address(0xac100101),
            RelayedVia = "lan",
        },
    ];

    /// <summary>One rule of every kind for a row of codes, some of them forced, long or empty.</summary>
    private static Dhcpv4OptionRule[] Rules()
    {
        var rules = new List<Dhcpv4OptionRule>();
        for (int i = 0; i < 24; i++)
        {
            rules.Add(new Dhcpv4OptionRule
            {
                Code = (byte)(i * 11),
                Value = new byte[i * 17 % 200],
                Force = i % 7 == 0,
                Container = (Dhcpv4Container)(i % 4),
                Vendor = i % 8 == 1 ? [(byte)'P'] : [],
                Outer = (uint)(i % 3 == 0 ? 43 : 175),
                Condition = new TagCondition(TagSet.Of(i % 5 == 0 ? 10 + i % 6 : -1), TagSet.Of(i % 9 == 0 ? 11 : -1)),
            });
        }
        return [.. rules];
    }

    private static Dhcpv4TagRule[] Sources()
    {
        var rules = new List<Dhcpv4TagRule>();
        for (int i = 0; i < 12; i++)
        {
            rules.Add(new Dhcpv4TagRule
            {
                Source = (Dhcpv4TagSource)(i % 6),
                Gives = TagSet.Of(10 + i % 6),
                Code = (byte)(i < 6 ? 60 : 1 + i % 3),
                Value = [0, (byte)i],
                Mask = [0xff, 0],
            });
        }
        return [.. rules];
    }

    private readonly byte[] _buffer = new byte[4096];
    private readonly List<Lease> _expired = [];

    /// <inheritdoc/>
    public string Name => "server";

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<byte> input)
    {
        var engine = new Dhcpv4Engine(Networks, 1, maximumLeases: 7);
        engine.Restore(
        [
            new Lease { Network = "lan", Address = new Ipv4Address(0xc0a80164), Mac = new MacAddress(0x020000000003), State = LeaseState.Bound, ExpiresMs = 3_600_000 },
            new Lease { Network = "lan", Address = new Ipv4Address(0xc0a80166), Mac = new MacAddress(0x020000000004), ClientId = "ff02", State = LeaseState.Free, ExpiresMs = 0 },
        ]);
        long now = 1000;
        while (input.Length > 3)
        {
            byte control = input[0];
            int length = Math.Min(BinaryPrimitives.ReadUInt16BigEndian(input[1..]), input.Length - 3);
            now += 1L << Math.Min(control >> 2, 40);
            Turn(engine, input.Slice(3, length), (control & 1) != 0, (control & 2) != 0, new Instant(now, now, true));
            input = input[(3 + length)..];
        }
    }

    private void Turn(Dhcpv4Engine engine, ReadOnlySpan<byte> message, bool unicast, bool guest, Instant now)
    {
        _expired.Clear();
        engine.Expire(now, _expired);
        FuzzException.Unless(engine.NextExpiryMs > now.MonotonicMs, "nothing due is left");
        foreach (Lease lease in _expired) FuzzException.Unless(lease.State == LeaseState.Free, "what ended is free");
        if (!Dhcpv4Packet.TryParse(message, out Dhcpv4Packet packet, out ParseFault _)) return;

        Ipv4Address router = guest ? GuestRouter : Router;
        Dhcpv4Decision decision = engine.Decide(packet, guest ? "guest" : "lan", router, now, unicast);
        CheckDecision(engine, decision, guest ? GuestRouter : Router);
        if (decision.NeedsProbe)
        {
            if ((now.MonotonicMs & 1) == 0) FuzzException.Unless(engine.Conflict(decision.Lease!.Address, now), "what is probed can be in use");
            else engine.SkipProbe(decision.Lease!.Address);
        }
        bool wants = decision.Action is Dhcpv4Action.Offer or Dhcpv4Action.Ack or Dhcpv4Action.Nak or Dhcpv4Action.InformAck;
        bool written = engine.TryWriteReply(packet, decision, default, Profile, _buffer, out int length);
        FuzzException.Unless(!written || wants, "only what asks for a reply is answered");
        if (written) CheckReply(packet, length);
        if (wants && engine.TryWriteReply(packet, decision, Answer, Profile, _buffer, out length)) CheckReply(packet, length);

        if (Dhcpv4Replies.TryWriteDwirmServer(packet, 241, Profile, router, Answer, _buffer, out length)) CheckReply(packet, length);
        Dhcpv4Correspondent stored = Dhcpv4Correspondent.From(packet);
        if (Dhcpv4Replies.TryWriteDwirmServer(stored, 241, Profile, router, Answer, _buffer, out length)) CheckReply(packet, length);
        _ = Dhcpv4Destination.For(packet, decision.Action, decision.Lease?.Address ?? default);
    }

    private void CheckReply(in Dhcpv4Packet request, int length)
    {
        FuzzException.Unless(length >= 300 && length <= request.PayloadLimit, "a reply is as long as the client takes");
        FuzzException.Unless(Dhcpv4Packet.TryParse(_buffer.AsSpan(0, length), out Dhcpv4Packet reply, out ParseFault fault), $"a reply can be read: {fault}");
        FuzzException.Unless(reply.Op == 2 && reply.Xid == request.Xid && (reply.HasOption(Dhcpv4OptionCode.ServerIdentifier) || request.MessageType == Dhcpv4MessageType.None) &&
            reply.ChaddrBytes.SequenceEqual(request.ChaddrBytes), "a reply is the client's");
        byte[] scratch = new byte[512];
        if (reply.TryGetOption(Profile, scratch, out ReadOnlySpan<byte> answer)) FuzzException.Unless(answer.SequenceEqual(Answer), "the answer is whole");
    }

    private static void CheckDecision(Dhcpv4Engine engine, in Dhcpv4Decision decision, Ipv4Address router)
    {
        FuzzException.Unless(engine.Count <= engine.Leases.Capacity, "the table is bounded");
        FuzzException.Unless((decision.Action == Dhcpv4Action.Ignore) == (decision.Reason != IgnoreReason.None), "what is ignored has a reason");
        if (decision.Action == Dhcpv4Action.Ack)
        {
            FuzzException.Unless(ReferenceEquals(decision.Lease, decision.Changed) && decision.Lease is { State: LeaseState.Bound }, "every ACK is recorded");
            FuzzException.Unless(ReferenceEquals(engine.Leases.ByAddress(decision.Lease!.Address), decision.Lease), "the table holds what was acknowledged");
        }
        if (decision.Lease is not { } lease || decision.Action is not (Dhcpv4Action.Ack or Dhcpv4Action.Offer)) return;
        FuzzException.Unless(lease.Address != router && decision.Network!.RouterPrefix.Contains(lease.Address), "an address of the link, not the router's");
        FuzzException.Unless(lease.Address != Reserved || lease.Mac == Owner, "a reserved address is its owner's");
        FuzzException.Unless(lease.Hostname.Length <= HostLabel.MaximumLength, "a name is a label");
        foreach (char c in lease.Hostname) FuzzException.Unless(char.IsAsciiLetterOrDigit(c) || c == '-', "a name is a label");
    }
}
