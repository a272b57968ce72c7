using System;
using System.Collections.Generic;
using Dwirm.Linux;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Device.Tests;

/// <summary>A router of the test's making, on real sockets: answers message types as it is told, and remembers them.</summary>
internal sealed class RouterScript(DhcpSocket socket, PacketSender sender) : IDisposable
{
    private readonly ReceiveBatch _batch = new();

    /// <summary>Answers of option 224, by the type of the message they answer.</summary>
    public Dictionary<byte, string> Answers { get; } = [];

    public List<SentMessage> Heard { get; } = [];

    /// <summary>Serves until a message of this type was heard and answered.</summary>
    public void ServeUntil(byte type)
    {
        while (true)
        {
            Linux.Tests.Waiting.UntilReadable(socket.Handle);
            socket.Receive(_batch);
            bool seen = false;
            for (int i = 0; i < _batch.Count; i++)
            {
                var message = new SentMessage(_batch[i].Data.ToArray(), new(_batch[i].SourceAddress), new(_batch[i].DestinationAddress));
                Heard.Add(message);
                Serve(message);
                seen |= message.Type == type;
            }
            if (seen) return;
        }
    }

    /// <summary>Sends to the client's hardware address, as to a client that has no address yet; long answers go in IP fragments.</summary>
    public void Send(SentMessage to, byte type, string? answer)
    {
        byte[] chaddr = to.Read((in Dhcpv4Packet p) => p.ChaddrBytes[..6].ToArray());
        byte[] reply = FakeWorld.Reply(type, to.Xid, answer, mac: Dwirm.Wire.MacAddress.Read(chaddr));
        Assert.Equal(0, sender.Send(chaddr, FakeWorld.Server.Value, 67, FakeWorld.Address.Value, 68, reply));
    }

    public void Dispose() => _batch.Dispose();

    private void Serve(SentMessage message)
    {
        string? answer = Answers.GetValueOrDefault(message.Type);
        switch (message.Type)
        {
            case 240 when answer is not null: Send(message, 241, answer); break;
            case 1: Send(message, 2, answer); break;
            case 3: Send(message, 5, answer); break;
            default: break;
        }
    }
}
