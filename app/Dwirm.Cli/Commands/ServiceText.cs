using Dwirm.Control;

namespace Dwirm.Cli.Commands;

/// <summary>Services in words.</summary>
internal static class ServiceText
{
    /// <summary>A port forward, outside to inside.</summary>
    public static string Forward(string portForward)
    {
        int colon = portForward.IndexOf(':');
        return colon < 0 ? portForward : $"outside {portForward[(colon + 1)..]} to {portForward[..colon]}";
    }

    /// <summary>A daily window; the whole day in words.</summary>
    public static string Schedule(string schedule) => schedule is "00:00-23:59" or "All Day" ? "all day" : schedule;

    /// <summary>True for a service that others may open connections to.</summary>
    public static bool IsProvide(ServiceDto service) => service.Direction == "provide";

    /// <summary>Whether it is let through now.</summary>
    public static string Standing(ServiceDto service) => service.Decision switch
    {
        "denied" => "denied",
        "pending" => "waits for your decision",
        _ => $"{service.Decision}, {(service.Active ? "open now" : "closed now")}",
    };
}
