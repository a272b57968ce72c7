using System;
using Dwirm.Daemon.Config;
using Dwirm.Dhcp;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <summary>Where replies to one network of ours leave.</summary>
public interface INetworkPort : IDisposable
{
    /// <summary>The network's configuration.</summary>
    NetworkSettings Settings { get; set; }

    /// <summary>The device's index when the port was opened; another index means another device under the same name.</summary>
    int InterfaceIndex { get; }

    /// <summary>The router's address on the network: server identifier and source of every reply.</summary>
    Ipv4Address RouterAddress { get; }

    /// <summary>Hands one reply to the kernel, or to the batch that <see cref="Flush"/> sends. Does nothing once the port is closed.</summary>
    void Transmit(in Dhcpv4Destination destination, MacAddress mac, ReadOnlySpan<byte> payload);

    /// <summary>Sends what is batched, if anything.</summary>
    void Flush();
}
