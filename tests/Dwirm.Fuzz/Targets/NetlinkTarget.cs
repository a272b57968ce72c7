using System;
using System.Collections.Generic;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Fuzz.Targets;

/// <summary>Reads a netlink datagram as everything it may be, writes its messages again, and reads those: both readings have to agree.</summary>
public sealed class NetlinkTarget : IFuzzTarget
{
    private readonly NetlinkWriter _writer = new();
    private readonly List<(int Type, int Length)> _attributes = [];

    /// <inheritdoc/>
    public string Name => "netlink";

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<byte> input)
    {
        var reader = new NetlinkReader(input);
        int total = 0;
        while (reader.Next(out NetlinkMessage message))
        {
            total += message.Bytes.Length;
            FuzzException.Unless(total <= input.Length, "messages do not overlap");
            Interpret(message);
            foreach (int header in (ReadOnlySpan<int>)[0, 4, 8, 12, 16, 20]) Rewrite(message, header);
        }
    }

    private static void Interpret(in NetlinkMessage message)
    {
        if (message.TryGetAck(out NetlinkAck ack)) FuzzException.Unless(ack.Text.Length <= message.Payload.Length && ack.Offset >= -1, "an ack lies within its message");
        if (RouteMessages.TryReadLink(message, out LinkFacts link)) FuzzException.Unless(link.Name.Length > 0 && link.Mtu >= 0, "a link has a name");
        if (RouteMessages.TryReadIpv4Address(message, out _, out Ipv4Prefix address)) FuzzException.Unless(address.Length is >= 0 and <= 32, "a prefix fits");
        if (RouteMessages.TryReadIpv6Address(message, out _, out Ipv6Prefix address6)) FuzzException.Unless(address6.Length is >= 0 and <= 128, "a prefix fits");
        if (NeighbourMessages.TryReadNeighbour(message, out Neighbour neighbour)) FuzzException.Unless(neighbour.ConfirmedMsAgo >= 0, "nothing is confirmed in the future");
        if (ConntrackMessages.TryReadEntry(message, out ConntrackEntry flow))
            FuzzException.Unless(message.Type == ConntrackMessages.New && flow.IsAnswered == ((flow.Status & 2) != 0), "a flow is an entry");
        if (TcReader.TryRead(message, TcMessages.NewQdisc, out TcObject found) || TcReader.TryRead(message, TcMessages.NewClass, out found))
            FuzzException.Unless(found.Kind != null, "a qdisc has a kind, if an empty one");
        int size = message.Payload.Length;
        NftElementReader.Each(message, (key, data, _) => FuzzException.Unless(!key.IsEmpty && key.Length + data.Length <= size, "an element lies within its message"));
    }

    private void Rewrite(in NetlinkMessage message, int header)
    {
        if (message.Payload.Length < header) return;
        _writer.Clear();
        _attributes.Clear();
        using (_writer.Message(message.Type, message.Flags, message.Sequence))
        {
            message.Payload[..header].CopyTo(_writer.Raw(header));
            NetlinkAttributes attributes = message.Attributes(header);
            while (attributes.Next())
            {
                _attributes.Add((attributes.Type, attributes.Value.Length));
                _writer.PutBytes(attributes.Type, attributes.Value);
            }
        }
        var reader = new NetlinkReader(_writer.Written);
        FuzzException.Unless(reader.Next(out NetlinkMessage again) && !reader.Next(out _) && !reader.Malformed, "what was written is one message");
        FuzzException.Unless(again.Type == message.Type && again.Flags == message.Flags && again.Sequence == message.Sequence, "the header comes back");
        NetlinkAttributes first = message.Attributes(header), second = again.Attributes(header);
        int count = 0;
        while (first.Next())
        {
            FuzzException.Unless(second.Next() && first.Type == second.Type && first.Value.SequenceEqual(second.Value), "every attribute comes back");
            FuzzException.Unless(_attributes[count++] == (first.Type, first.Value.Length), "two walks see the same");
        }
        FuzzException.Unless(!second.Next() && !second.Malformed, "and no more");
    }
}
