using Dwirm.Wire;

namespace Dwirm.Daemon.Devices;

/// <summary>An IPv6 address that is a device's own because it was the first to use it.</summary>
internal sealed class LearntAddress(Device device, Ipv6Address address, long confirmedMs)
{
    /// <summary>Most addresses of one device.</summary>
    public const int PerDevice = 16;

    /// <summary>Whose it is.</summary>
    public Device Device { get; } = device;

    /// <summary>The address.</summary>
    public Ipv6Address Address { get; } = address;

    /// <summary>When the device was last known to have it, monotonic milliseconds.</summary>
    public long ConfirmedMs { get; set; } = confirmedMs;

    /// <summary>How often it was asked for since, without an answer.</summary>
    public int Unanswered { get; set; }
}
