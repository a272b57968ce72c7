using Dwirm.Dhcp;
using Dwirm.Policy;
using Dwirm.Policy.Plans;

namespace Dwirm.Daemon.Service;

/// <summary>The spellings of the control socket's JSON.</summary>
internal static class StateNames
{
    /// <summary>Spelling of a device state.</summary>
    public static string Of(DeviceState state) => state switch
    {
        DeviceState.New => "new",
        DeviceState.Pending => "pending",
        DeviceState.Granted => "granted",
        DeviceState.Amended => "amended",
        DeviceState.Denied => "denied",
        DeviceState.Quarantined => "quarantined",
        _ => "full-access",
    };

    /// <summary>Spelling of a lease state.</summary>
    public static string Of(LeaseState state) => state switch
    {
        LeaseState.Offered => "offered",
        LeaseState.Bound => "bound",
        LeaseState.Free => "free",
        _ => "declined",
    };

    /// <summary>Spelling of a network posture.</summary>
    public static string Of(NetworkPosture posture) => posture switch
    {
        NetworkPosture.Open => "open",
        NetworkPosture.Isolate => "isolate",
        _ => "quarantine",
    };

    /// <summary>Spelling of a direction.</summary>
    public static string Of(ServiceDirection direction) => direction == ServiceDirection.Provide ? "provide" : "consume";
}
