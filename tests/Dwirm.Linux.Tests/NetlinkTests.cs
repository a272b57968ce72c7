using System;
using System.Buffers.Binary;
using System.Text;
using Dwirm.Linux.Interop;

namespace Dwirm.Linux.Tests;

public unsafe class NetlinkTests
{
    private const ushort NLMSG_ERROR = 2, NLMSG_DONE = 3, RTM_NEWLINK = 16, RTM_GETLINK = 18, RTM_GETADDR = 22;
    private const ushort NLM_F_REQUEST = 1, NLM_F_ACK = 4, NLM_F_DUMP = 0x300;

    private static byte[] Message(ushort type, ushort flags, uint sequence, ReadOnlySpan<byte> body)
    {
        byte[] message = new byte[16 + body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(message, message.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(4), type);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(6), flags);
        BinaryPrimitives.WriteUInt32LittleEndian(message.AsSpan(8), sequence);
        body.CopyTo(message.AsSpan(16));
        return message;
    }

    [Fact]
    public void ADumpOfLinksEndsAndHasLo()
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.NETLINK_ROUTE);
        byte[] request = Message(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 7, new byte[16]);
        Assert.Equal(request.Length, socket.Send(request));
        byte[] buffer = new byte[32 * 1024];
        bool done = false, lo = false;
        while (!done)
        {
            int length = socket.Receive(buffer);
            Assert.True(length > 0, $"{length}");
            for (int at = 0; at < length;)
            {
                int size = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(at));
                ushort type = BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(at + 4));
                Assert.Equal(7u, BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(at + 8)));
                Assert.Equal(socket.PortId, BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(at + 12)));
                done |= type == NLMSG_DONE;
                lo |= type == RTM_NEWLINK && buffer.AsSpan(at, size).IndexOf("lo\0"u8) >= 0;
                at += (size + 3) & ~3;
            }
        }
        Assert.True(lo);
    }

    // The text of an extended acknowledgement exists only with NETLINK_EXT_ACK, and this refusal only with strict checking.
    [Fact]
    public void TheKernelSaysWhyItRefuses()
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.NETLINK_ROUTE);
        byte[] body = new byte[8];
        body[1] = 24; // struct ifaddrmsg, prefix length: must be zero in a strict dump
        Assert.True(socket.Send(Message(RTM_GETADDR, NLM_F_REQUEST | NLM_F_DUMP, 8, body)) > 0);
        byte[] buffer = new byte[8192];
        int length = socket.Receive(buffer);
        // A dump that fails ends like one that does not, with the error number in its last message.
        Assert.Equal(NLMSG_DONE, BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(4)));
        Assert.Equal(-Errno.EINVAL, BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(16)));
        Assert.Contains("Invalid values in header", Encoding.ASCII.GetString(buffer, 0, length), StringComparison.Ordinal);
    }

    [Fact]
    public void CappedAcknowledgementsDoNotRepeatTheRequest()
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.NETLINK_ROUTE);
        byte[] body = new byte[16 + 4000]; // an index that does not exist, and a long attribute nobody knows
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(4), int.MaxValue);
        BinaryPrimitives.WriteUInt16LittleEndian(body.AsSpan(16), 4000);
        Assert.True(socket.Send(Message(RTM_GETLINK, NLM_F_REQUEST | NLM_F_ACK, 9, body)) > 0);
        byte[] buffer = new byte[8192];
        int length = socket.Receive(buffer);
        Assert.Equal(NLMSG_ERROR, BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(4)));
        Assert.InRange(length, 36, 400);
    }

    [Fact]
    public void NothingToReadIsNoError()
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.NETLINK_NETFILTER);
        Assert.Equal(-Errno.EAGAIN, socket.TryReceive(new byte[64]));
        Assert.NotEqual(0u, socket.PortId);
    }

    [Fact]
    public void AnAnswerThatDoesNotFitIsSaidToBeLost()
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.NETLINK_ROUTE);
        byte[] body = new byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(4), 1);
        Assert.True(socket.Send(Message(RTM_GETLINK, NLM_F_REQUEST, 10, body)) > 0);
        Assert.Equal(-Errno.EMSGSIZE, socket.Receive(new byte[64]));
    }

    [Fact]
    [Trait("Kind", "Kernel")]
    public void MessagesOfOtherProcessesAreNotHandedOut()
    {
        using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.NETLINK_ROUTE);
        using FileDescriptor forger = SocketOptions.Open("netlink socket", SysSocket.AF_NETLINK, SysSocket.SOCK_RAW, 0);
        var to = new NetlinkAddress { nl_family = SysSocket.AF_NETLINK, nl_pid = socket.PortId };
        byte[] message = Message(NLMSG_DONE, 0, 1, []);
        fixed (byte* data = message)
            Assert.Equal(message.Length, (int)SysSocket.sendto(forger, data, (nuint)message.Length, 0, &to, (uint)sizeof(NetlinkAddress)));
        Waiting.UntilReadable(socket.Handle);
        Assert.Equal(-Errno.EAGAIN, socket.TryReceive(new byte[256]));
    }

    [Fact]
    [Trait("Kind", "Kernel")]
    public void GroupsAreHeard()
    {
        using var veth = new VethPair();
        using NetlinkSocket watch = veth.Near(() => NetlinkSocket.Open(NetlinkProtocol.NETLINK_ROUTE, groups: 0x10 /* RTMGRP_IPV4_IFADDR */));
        veth.IpNear("addr", "add", "198.51.100.1/24", "dev", VethPair.NearDevice);
        Waiting.UntilReadable(watch.Handle);
        byte[] buffer = new byte[4096];
        Assert.True(watch.TryReceive(buffer) > 0);
        Assert.Equal(20 /* RTM_NEWADDR */, BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(4)));
    }
}
