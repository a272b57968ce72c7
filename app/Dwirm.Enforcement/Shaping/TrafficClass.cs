using Dwirm.Policy.Plans;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Shaping;

/// <summary>
/// Where a service's packets queue: minor = (slot + 1) * 16 + n, n from 1 to 15 for the device's rated services, 0 for the class above them.
/// The same number on every device, so that one classid serves both directions.
/// </summary>
internal static class TrafficClass
{
    /// <summary>Major number of our HTB.</summary>
    public const ushort Major = 1;

    /// <summary>Greatest slot: the minor has to stay below 0xfff0.</summary>
    public const int MaxSlot = 4093;

    /// <summary>Numbers of one slot: the class above the services, and fifteen of theirs.</summary>
    public const int PerSlot = 16;

    /// <summary>The class of what is policed in this direction: there is none, so it queues as if unshaped, and the rules know it by this.</summary>
    public const uint Policed = (Major << 16) | 0xfff0;

    private const int PerDevice = 15;

    /// <summary>The class of a service, 0 when it is not shaped.</summary>
    public static uint IdOf(PlannedDevice device, PlannedService service)
    {
        int number = NumberOf(device, service);
        return number == 0 ? 0 : TcMessages.Handle(Major, (ushort)(MinorOf(device) + number));
    }

    /// <summary>Minor of the class above a device's services.</summary>
    public static ushort MinorOf(PlannedDevice device) => MinorOf(device.Slot);

    /// <summary>Minor of the class above the services of the device that has the slot.</summary>
    public static ushort MinorOf(int slot) => (ushort)((slot + 1) << 4);

    /// <summary>
    /// Number of the service among the rated ones, 1 to 15: its id where all ids fit, else its place; 0 when it is not shaped. Where the
    /// device as a whole has a rate every service is rated, and those that are beyond share the last class.
    /// </summary>
    public static int NumberOf(PlannedDevice device, PlannedService service)
    {
        bool all = device.DownBitsPerSecond > 0 || device.UpBitsPerSecond > 0;
        if ((service.RateBitsPerSecond <= 0 && !all) || device.Slot is < 0 or > MaxSlot) return 0;
        bool idsFit = true;
        int place = 0, at = 0;
        foreach (PlannedService other in device.Services)
        {
            if (other.RateBitsPerSecond <= 0 && !all) continue;
            place++;
            if (other.Id > PerDevice) idsFit = false;
            if (other.Id == service.Id) at = place;
        }
        return idsFit ? service.Id : int.Min(at, PerDevice);
    }
}
