using System;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Fuzz.Targets;

/// <summary>Reads a DHCPv4 message, writes what was read, reads that again: both readings have to agree.</summary>
public sealed class Dhcp4Target : IFuzzTarget
{
    private readonly byte[] _buffer = new byte[200_000];
    private readonly byte[] _first = new byte[100_000];
    private readonly byte[] _second = new byte[100_000];

    /// <inheritdoc/>
    public string Name => "dhcp4";

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<byte> input)
    {
        bool parsed = Dhcpv4Packet.TryParse(input, out Dhcpv4Packet packet, out ParseFault fault);
        FuzzException.Unless(parsed == (fault == ParseFault.None), "a fault is named exactly when a message is refused");
        if (!parsed) return;
        FuzzException.Unless(packet.PayloadLimit >= 548, "every client takes 548 octets");

        var writer = new Dhcpv4Writer(_buffer, allowOverload: true);
        writer.Header(packet.Op, packet.HardwareType, packet.HardwareLength, packet.Xid, packet.Flags, packet.ChaddrBytes);
        writer.Addresses(packet.Ciaddr, packet.Yiaddr, packet.Siaddr, packet.Giaddr);
        writer.Hops(packet.Hops);
        writer.Secs(packet.Secs);
        for (int code = 1; code < 255; code++)
        {
            if (code != Dhcpv4OptionCode.Overload && packet.TryGetOption((byte)code, _first, out ReadOnlySpan<byte> value)) writer.PutLong((byte)code, value);
        }
        FuzzException.Unless(writer.TryFinish(out int written), "what was read can be written");
        FuzzException.Unless(Dhcpv4Packet.TryParse(_buffer.AsSpan(0, written), out Dhcpv4Packet again, out fault), $"what was written can be read: {fault}");
        Compare(packet, again);
    }

    private void Compare(in Dhcpv4Packet packet, in Dhcpv4Packet again)
    {
        FuzzException.Unless(packet.Op == again.Op && packet.Xid == again.Xid && packet.Flags == again.Flags && packet.Secs == again.Secs &&
            packet.Ciaddr == again.Ciaddr && packet.Yiaddr == again.Yiaddr && packet.Siaddr == again.Siaddr && packet.Giaddr == again.Giaddr &&
            packet.ChaddrBytes.SequenceEqual(again.ChaddrBytes) && packet.MessageType == again.MessageType, "the fixed part comes back");
        for (int code = 1; code < 255; code++)
        {
            if (code == Dhcpv4OptionCode.Overload) continue;
            bool has = packet.TryGetOption((byte)code, _first, out ReadOnlySpan<byte> first);
            FuzzException.Unless(has == packet.HasOption((byte)code) && has == again.HasOption((byte)code), $"option {code} comes back");
            if (!has) continue;
            FuzzException.Unless(again.TryGetOption((byte)code, _second, out ReadOnlySpan<byte> second) && first.SequenceEqual(second), $"option {code} keeps its value");
            FuzzException.Unless(first.Length == packet.OptionLength((byte)code), $"option {code} has one length");
        }
    }
}
