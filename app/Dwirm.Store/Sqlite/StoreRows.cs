using Dwirm.Dhcp;
using Dwirm.Policy;
using Dwirm.Policy.Controls;
using Dwirm.Wire;

namespace Dwirm.Store.Sqlite;

/// <summary>Records to parameters and columns to records: each pair names the columns in the same order.</summary>
internal static class StoreRows
{
    internal const string LeaseColumns = "address, network, mac, client_id, hostname, state, expires_ms, written_ms, clock_trusted";
    internal const string DeviceColumns = "mac, client_id, network, hostname, state, requested, answer, granted, verdict, amendment, "
        + "verdict_until_ms, decided_by, generation, slot, authenticated, first_seen_ms, since_ms, vendor_class, controls, assigned, "
        + "gone_ms, own_requested, own_verdict, own_amendment";
    internal const string HistoryColumns = "unix_ms, mac, kind, by, detail, was, became";
    internal const string QuotaColumns = "mac, day, octets";

    internal static void Bind(SqliteStatement to, Lease lease, Instant now)
    {
        to.Bind(1, lease.Address.Value);
        to.Bind(2, lease.Network);
        to.Bind(3, (long)lease.Mac.Value);
        to.Bind(4, lease.ClientId);
        to.Bind(5, lease.Hostname);
        to.Bind(6, (long)lease.State);
        to.Bind(7, lease.ExpiresMs == long.MaxValue ? long.MaxValue : now.ToUnixMs(lease.ExpiresMs));
        to.Bind(8, now.UnixMs);
        to.Bind(9, now.WallIsTrusted ? 1 : 0);
    }

    internal static Lease ReadLease(SqliteStatement row, long newestTrustedMs, Instant now) => new()
    {
        Address = new Ipv4Address((uint)row.Int64(0)),
        Network = row.Text(1)!,
        Mac = new MacAddress((ulong)row.Int64(2)),
        ClientId = row.Text(3)!,
        Hostname = row.Text(4)!,
        State = (LeaseState)row.Int64(5),
        ExpiresMs = LeaseClock.Restore(row.Int64(6), row.Int64(7), row.Int64(8) != 0, newestTrustedMs, now),
    };

    internal static void Bind(SqliteStatement to, DeviceRecord device)
    {
        to.Bind(1, (long)device.Mac.Value);
        to.Bind(2, device.ClientId);
        to.Bind(3, device.Network);
        to.Bind(4, device.Hostname);
        to.Bind(5, (long)device.State);
        to.Bind(6, device.RequestedJson);
        to.Bind(7, device.AnswerJson);
        to.Bind(8, device.GrantJson);
        to.Bind(9, (long)device.Verdict);
        to.Bind(10, device.AmendmentJson);
        to.Bind(11, device.VerdictUntilUnixMs);
        to.Bind(12, device.DecidedBy);
        to.Bind(13, device.Generation);
        to.Bind(14, device.Slot);
        to.Bind(15, device.Authenticated ? 1 : 0);
        to.Bind(16, device.FirstSeenUnixMs);
        to.Bind(17, device.SinceUnixMs);
        to.Bind(18, device.VendorClass);
        to.Bind(19, device.Controls?.ToText() ?? "");
        to.Bind(20, device.Assigned ? 1 : 0);
        to.Bind(21, device.GoneUnixMs);
        to.Bind(22, device.OwnRequestJson);
        to.Bind(23, (long)device.OwnVerdict);
        to.Bind(24, device.OwnAmendmentJson);
    }

    internal static DeviceRecord ReadDevice(SqliteStatement row) => new()
    {
        Mac = new MacAddress((ulong)row.Int64(0)),
        ClientId = row.Text(1)!,
        Network = row.Text(2)!,
        Hostname = row.Text(3)!,
        State = (DeviceState)row.Int64(4),
        RequestedJson = row.Text(5),
        AnswerJson = row.Text(6),
        GrantJson = row.Text(7),
        Verdict = (OwnerVerdict)row.Int64(8),
        AmendmentJson = row.Text(9),
        VerdictUntilUnixMs = row.Int64(10),
        DecidedBy = row.Text(11)!,
        Generation = (uint)row.Int64(12),
        Slot = (int)row.Int64(13),
        Authenticated = row.Int64(14) != 0,
        FirstSeenUnixMs = row.Int64(15),
        SinceUnixMs = row.Int64(16),
        VendorClass = row.Text(17)!,
        Controls = ReadControls(row.Text(18)!),
        Assigned = row.Int64(19) != 0,
        GoneUnixMs = row.Int64(20),
        OwnRequestJson = row.Text(21),
        OwnVerdict = (OwnerVerdict)row.Int64(22),
        OwnAmendmentJson = row.Text(23),
    };

    internal static void Bind(SqliteStatement to, HistoryEntry entry)
    {
        to.Bind(1, entry.UnixMs);
        to.Bind(2, (long)entry.Mac.Value);
        to.Bind(3, entry.Kind);
        to.Bind(4, entry.By);
        to.Bind(5, entry.Detail);
        to.Bind(6, entry.Before);
        to.Bind(7, entry.After);
    }

    internal static HistoryEntry ReadHistory(SqliteStatement row) =>
        new(row.Int64(0), new MacAddress((ulong)row.Int64(1)), row.Text(2)!, row.Text(3)!, row.Text(4)!, row.Text(5)!, row.Text(6)!);

    internal static void Bind(SqliteStatement to, QuotaUsage usage)
    {
        to.Bind(1, (long)usage.Mac.Value);
        to.Bind(2, usage.Day);
        to.Bind(3, usage.Octets);
    }

    internal static QuotaUsage ReadQuota(SqliteStatement row) => new(new MacAddress((ulong)row.Int64(0)), row.Int64(1), row.Int64(2));

    private static DeviceControls? ReadControls(string text)
    {
        if (text.Length == 0) return null;
        // What cannot be read blocks the device, and its owner sees that.
        _ = DeviceControls.TryParse(text, out DeviceControls controls);
        return controls;
    }
}
