using System;
using Dwirm.Enforcement.Kernel;
using Dwirm.Linux;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement;

/// <summary>Takes one neighbour.</summary>
public delegate void NeighbourHandler(in Neighbour neighbour);

/// <summary>Who has which IPv6 address on the links of this namespace, or what stands for it in a test.</summary>
public interface INeighbours
{
    /// <summary>Starts to find out who has an address; the answer, if there is one, is in the table within a round trip.</summary>
    /// <param name="device">Index of the device the address is on.</param>
    /// <param name="address">The address.</param>
    void Solicit(int device, Ipv6Address address);

    /// <summary>Hands on everybody of whom the kernel knows; false when it did not tell all.</summary>
    bool Read(NeighbourHandler take);
}

/// <summary>The kernel's neighbour table.</summary>
public sealed class NeighbourTable : INeighbours, IDisposable
{
    private readonly NetlinkChannel _channel = new(NetlinkSocket.Open(NetlinkProtocol.NETLINK_ROUTE));

    /// <inheritdoc/>
    public void Solicit(int device, Ipv6Address address)
    {
        uint sequence = _channel.NextSequence();
        _channel.Writer.SolicitNeighbour(sequence, device, address);
        // Refused when the table is full: then nobody answers, and the caller finds nobody.
        _channel.Transact("neighbour solicitation", sequence, sequence);
    }

    /// <inheritdoc/>
    public bool Read(NeighbourHandler take)
    {
        uint sequence = _channel.NextSequence();
        _channel.Writer.DumpNeighbours(sequence);
        return _channel.Dump("neighbours", sequence, (in NetlinkMessage message) =>
        {
            if (NeighbourMessages.TryReadNeighbour(message, out Neighbour neighbour)) take(neighbour);
        }) == null;
    }

    /// <inheritdoc/>
    public void Dispose() => _channel.Dispose();
}
