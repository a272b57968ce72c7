using System;
using System.Runtime.InteropServices;
using System.Text;
using Dwirm.Linux;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Device;

/// <summary>Sets address and default route of one device by rtnetlink. The address carries the lease's lifetime: it goes even if we cannot remove it.</summary>
internal sealed class KernelAddress : IDisposable
{
    private const ushort RTM_NEWADDR = 20, RTM_DELADDR = 21, RTM_NEWROUTE = 24;
    private const ushort IFA_ADDRESS = 1, IFA_LOCAL = 2, IFA_BROADCAST = 4, IFA_CACHEINFO = 6;
    private const ushort RTA_OIF = 4, RTA_GATEWAY = 5;
    private const byte AF_INET = 2, RT_TABLE_MAIN = 254, RTPROT_DHCP = 16, RT_SCOPE_UNIVERSE = 0, RTN_UNICAST = 1;

    private readonly NetlinkSocket _socket = NetlinkSocket.Open(NetlinkProtocol.NETLINK_ROUTE);
    private readonly NetlinkWriter _writer = new(512);
    private readonly byte[] _answer = new byte[8192];
    private readonly int _device;
    private uint _sequence;

    /// <summary>Works on the device with this index.</summary>
    public KernelAddress(int device) => _device = device;

    /// <summary>Sets the address, or its new lifetime, and the default route.</summary>
    /// <returns>Empty, or what went wrong.</returns>
    public string Set(LeaseFacts lease)
    {
        WriteAddress(_writer, ++_sequence, _device, lease, remove: false);
        string error = Exchange("set address");
        if (error.Length > 0 || lease.Router is not { } router) return error;
        WriteDefaultRoute(_writer, ++_sequence, _device, router);
        return Exchange("set default route");
    }

    /// <summary>Removes the address; the kernel removes the routes that need it.</summary>
    /// <returns>Empty, or what went wrong.</returns>
    public string Remove(LeaseFacts lease)
    {
        WriteAddress(_writer, ++_sequence, _device, lease, remove: true);
        return Exchange("remove address");
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>RTM_NEWADDR or RTM_DELADDR: struct ifaddrmsg (family, prefix length, flags, scope, u32 index) and attributes.</summary>
    internal static void WriteAddress(NetlinkWriter writer, uint sequence, int device, LeaseFacts lease, bool remove)
    {
        NetlinkFlags flags = NetlinkFlags.Request | NetlinkFlags.Ack;
        if (!remove) flags |= NetlinkFlags.Create | NetlinkFlags.Replace;
        using (writer.Message(remove ? RTM_DELADDR : RTM_NEWADDR, flags, sequence))
        {
            Span<byte> header = writer.Raw(RouteMessages.AddressHeaderSize);
            header[0] = AF_INET;
            header[1] = (byte)lease.PrefixLength;
            MemoryMarshal.Write(header[4..], in device);
            writer.PutU32Be(IFA_LOCAL, lease.Address.Value);
            writer.PutU32Be(IFA_ADDRESS, lease.Address.Value);
            if (remove) return;
            if (lease.PrefixLength < 31) writer.PutU32Be(IFA_BROADCAST, lease.Prefix.BroadcastAddress.Value);
            // struct ifa_cacheinfo: preferred and valid seconds, all ones for ever, and two times only the kernel sets.
            Span<byte> lifetime = writer.Attribute(IFA_CACHEINFO, 16);
            uint seconds = lease.Seconds;
            MemoryMarshal.Write(lifetime, in seconds);
            MemoryMarshal.Write(lifetime[4..], in seconds);
        }
    }

    /// <summary>RTM_NEWROUTE for 0.0.0.0/0: struct rtmsg (family, destination, source, TOS, table, protocol, scope, type, u32 flags) and attributes.</summary>
    internal static void WriteDefaultRoute(NetlinkWriter writer, uint sequence, int device, Ipv4Address router)
    {
        using (writer.Message(RTM_NEWROUTE, NetlinkFlags.Request | NetlinkFlags.Ack | NetlinkFlags.Create | NetlinkFlags.Replace, sequence))
        {
            Span<byte> header = writer.Raw(12);
            header[0] = AF_INET;
            header[4] = RT_TABLE_MAIN;
            header[5] = RTPROT_DHCP;
            header[6] = RT_SCOPE_UNIVERSE;
            header[7] = RTN_UNICAST;
            writer.PutU32Be(RTA_GATEWAY, router.Value);
            writer.PutU32Host(RTA_OIF, (uint)device);
        }
    }

    private string Exchange(string what)
    {
        int sent = _socket.Send(_writer.Written);
        _writer.Clear();
        if (sent < 0) return $"{what}: {Errno.Describe(-sent)}";
        while (true)
        {
            int length = _socket.Receive(_answer);
            if (length < 0) return $"{what}: {Errno.Describe(-length)}";
            var reader = new NetlinkReader(_answer.AsSpan(0, length));
            while (reader.Next(out NetlinkMessage message))
            {
                if (!message.TryGetAck(out NetlinkAck ack) || ack.RequestSequence != _sequence) continue;
                if (ack.Errno == 0) return "";
                return $"{what}: {Errno.Describe(ack.Errno)}{(ack.Text.IsEmpty ? "" : ", ")}{Encoding.ASCII.GetString(ack.Text)}";
            }
        }
    }
}
