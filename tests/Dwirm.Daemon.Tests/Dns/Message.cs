using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net;
using Dwirm.Wire.Dns;

namespace Dwirm.Daemon.Tests.Dns;

/// <summary>DNS messages, octet by octet, with names written out.</summary>
internal static class Message
{
    internal static byte[] Query(string name, ushort type, ushort id = 0x1234, ushort payload = 0)
    {
        List<byte> octets = [(byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte)(payload > 0 ? 1 : 0)];
        octets.AddRange([.. Name(name), 0, (byte)type, 0, 1]);
        if (payload > 0) octets.AddRange([0, 0, 41, (byte)(payload >> 8), (byte)payload, 0, 0, 0, 0, 0, 0]);
        return [.. octets];
    }

    internal static byte[] Answer(string name, ushort type, params (string Address, uint Ttl)[] addresses)
    {
        var records = new byte[addresses.Length][];
        for (int i = 0; i < records.Length; i++) records[i] = Address(name, addresses[i].Address, addresses[i].Ttl);
        return Records(name, type, records);
    }

    internal static byte[] Records(string name, ushort type, params byte[][] records)
    {
        List<byte> octets = [.. Query(name, type)];
        (octets[2], octets[3]) = (0x81, 0x80);
        (octets[6], octets[7]) = ((byte)(records.Length >> 8), (byte)records.Length);
        foreach (byte[] record in records) octets.AddRange(record);
        return [.. octets];
    }

    internal static byte[] Address(string owner, string address, uint ttl)
    {
        byte[] data = IPAddress.Parse(address).GetAddressBytes();
        return Record(owner, data.Length == 4 ? DnsType.A : DnsType.Aaaa, ttl, data);
    }

    internal static byte[] Alias(string owner, string target, uint ttl) => Record(owner, DnsType.Cname, ttl, Name(target));

    private static byte[] Record(string owner, ushort type, uint ttl, byte[] data)
    {
        byte[] head = new byte[10];
        BinaryPrimitives.WriteUInt16BigEndian(head, type);
        head[3] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(4), ttl);
        BinaryPrimitives.WriteUInt16BigEndian(head.AsSpan(8), (ushort)data.Length);
        return [.. Name(owner), .. head, .. data];
    }

    private static byte[] Name(string name)
    {
        List<byte> octets = [];
        foreach (string label in name.Split('.'))
        {
            octets.Add((byte)label.Length);
            foreach (char c in label) octets.Add((byte)c);
        }
        octets.Add(0);
        return [.. octets];
    }
}
