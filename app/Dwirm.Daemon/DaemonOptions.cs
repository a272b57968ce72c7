namespace Dwirm.Daemon;

/// <summary>Where the daemon finds and keeps things; the defaults are those of an OpenWrt system.</summary>
public sealed record DaemonOptions
{
    /// <summary>Directory of the UCI packages <c>dwirm</c>, <c>network</c>, <c>dhcp</c>, <c>firewall</c> and <c>system</c>; read only.</summary>
    public string UciDir { get; init; } = "/etc/config";

    /// <summary>The site's policy.</summary>
    public string PolicyPath { get; init; } = "/etc/dwirm/policy.yaml";

    /// <summary>The category registry.</summary>
    public string CategoriesPath { get; init; } = "/usr/share/dwirm/categories.yaml";

    /// <summary>Directory of the site's additions to the registry; it need not exist.</summary>
    public string CategoriesDirectory { get; init; } = "/etc/dwirm/categories.d";

    /// <summary>Durable state: leases, profiles, decisions, grants.</summary>
    public string StateDir { get; init; } = "/etc/dwirm/state";

    /// <summary>Socket and lock; in memory.</summary>
    public string RunDir { get; init; } = "/var/run/dwirm";

    /// <summary>Leases in the form that other programs of the router read.</summary>
    public string LeaseFile { get; init; } = "/tmp/dhcp.leases";
}
