using System;
using System.Globalization;
using System.Text;
using Dwirm.Policy.Profiles;
using Dwirm.Wire;

namespace Dwirm.Policy.Controls;

/// <summary>
/// The owner's everyday controls of one device, whether it speaks DWIRM or not. They stand above its grant and only ever take away: a
/// device is open while every one of them lets it.
/// </summary>
/// <remarks>Rates, quota and counting are of what passes the router; a device that is closed reaches the router's DHCP, DNS and NTP only.</remarks>
public sealed record DeviceControls
{
    /// <summary>A device without controls.</summary>
    public static DeviceControls None { get; } = new();

    /// <summary>A pause without an end, in place of a time.</summary>
    public const long UntilResumed = long.MaxValue;

    /// <summary>Greatest throughput towards the device, bits per second; 0 for no limit.</summary>
    public long DownBitsPerSecond { get; init; }

    /// <summary>Greatest throughput from the device, bits per second; 0 for no limit.</summary>
    public long UpBitsPerSecond { get; init; }

    /// <summary>The hours in which the device is open; null for always.</summary>
    public DailyWindow? Window { get; init; }

    /// <summary>The device is closed until this time, Unix milliseconds; 0 when it is not paused, <see cref="UntilResumed"/> for no end.</summary>
    public long PausedUntilUnixMs { get; init; }

    /// <summary>Octets a day, both directions together, counted from local midnight; 0 for no quota.</summary>
    public long QuotaBytes { get; init; }

    /// <summary>The device is closed until the owner says otherwise.</summary>
    public bool Blocked { get; init; }

    /// <summary>True when some of it has to be counted or measured in the kernel while the device is open.</summary>
    public bool NeedsClass => DownBitsPerSecond > 0 || UpBitsPerSecond > 0 || QuotaBytes > 0 || Window is not null;

    /// <summary>True when traffic of the device has a greatest rate.</summary>
    public bool HasRate => DownBitsPerSecond > 0 || UpBitsPerSecond > 0;

    /// <summary>Whether the device is open, and until when that is so.</summary>
    /// <param name="now">The moment. Before the wall clock is trusted every window but a whole day is closed and every pause goes on.</param>
    /// <param name="zone">The router's zone.</param>
    /// <param name="quotaSpent">True when today's quota is used up.</param>
    /// <param name="changeUnixMs">When the answer changes by itself, Unix milliseconds; <see cref="long.MaxValue"/> for never.</param>
    public bool IsOpen(Instant now, ILocalZone zone, bool quotaSpent, out long changeUnixMs)
    {
        changeUnixMs = long.MaxValue;
        if (Blocked) return false;
        if (PausedUntilUnixMs != 0 && (!now.WallIsTrusted || now.UnixMs < PausedUntilUnixMs))
        {
            if (now.WallIsTrusted) changeUnixMs = PausedUntilUnixMs;
            return false;
        }
        if (quotaSpent)
        {
            if (now.WallIsTrusted) changeUnixMs = LocalDay.NextMidnightUnixMs(now.UnixMs, zone);
            return false;
        }
        if (Window is null) return true;
        changeUnixMs = Window.NextChangeUnixMs(now, zone);
        return Window.IsOpen(now, zone);
    }

    /// <summary>The controls as one line of text for the store; empty when there are none.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        Append(text, "down", DownBitsPerSecond);
        Append(text, "up", UpBitsPerSecond);
        // A zone code may come from the site's own table, so what it meant is kept with it.
        if (Window is not null) text.Append("window=").Append(Window.ToString()).Append('@').Append(Window.OffsetMinutes).Append(';');
        Append(text, "paused", PausedUntilUnixMs);
        Append(text, "quota", QuotaBytes);
        Append(text, "blocked", Blocked ? 1 : 0);
        return text.ToString();
    }

    /// <summary>Reads <see cref="ToText"/>. False for anything else, with controls that block the device: what is not understood must not open it.</summary>
    public static bool TryParse(string text, out DeviceControls controls)
    {
        controls = None;
        foreach (Range range in text.AsSpan().Split(';'))
        {
            ReadOnlySpan<char> part = text.AsSpan(range);
            int equals = part.IndexOf('=');
            if (part.IsEmpty) continue;
            if (equals > 0 && controls.TryRead(part[..equals], part[(equals + 1)..], out controls)) continue;
            controls = None with { Blocked = true };
            return false;
        }
        return true;
    }

    /// <summary>For people: <c>5Mbps down, 1Mbps up, open 07:00-21:00L, 2GB a day</c>; <c>none</c> when there are none.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        if (DownBitsPerSecond > 0) Join(text, $"{new BitRate(DownBitsPerSecond)} down");
        if (UpBitsPerSecond > 0) Join(text, $"{new BitRate(UpBitsPerSecond)} up");
        if (Window is not null) Join(text, $"open {Window}");
        if (QuotaBytes > 0) Join(text, $"{ByteCount.Text(QuotaBytes)} a day");
        if (PausedUntilUnixMs != 0) Join(text, "paused");
        if (Blocked) Join(text, "blocked");
        return text.Length == 0 ? "none" : text.ToString();
    }

    private bool TryRead(ReadOnlySpan<char> key, ReadOnlySpan<char> value, out DeviceControls read)
    {
        read = this;
        if (key is "window")
        {
            if (!TryReadWindow(value, out DailyWindow window)) return false;
            read = this with { Window = window };
            return true;
        }
        if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number)) return false;
        switch (key)
        {
            case "down": read = this with { DownBitsPerSecond = number }; return true;
            case "up": read = this with { UpBitsPerSecond = number }; return true;
            case "paused": read = this with { PausedUntilUnixMs = number }; return true;
            case "quota": read = this with { QuotaBytes = number }; return true;
            case "blocked": read = this with { Blocked = number != 0 }; return true;
            default: return false;
        }
    }

    private static bool TryReadWindow(ReadOnlySpan<char> text, out DailyWindow window)
    {
        window = DailyWindow.AllDay;
        int at = text.IndexOf('@');
        if (at < 0 || !int.TryParse(text[(at + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int offset)) return false;
        text = text[..at];
        ZoneTable zones = ZoneTable.Default;
        bool coded = text.Length > 3 && !text[^3..].ContainsAnyExceptInRange('A', 'Z');
        if (coded && offset is > -1440 and < 1440) zones = zones.With(text[^3..].ToString(), offset);
        return DailyWindow.TryParse(text, zones, out window);
    }

    private static void Append(StringBuilder text, string key, long value)
    {
        if (value != 0) text.Append(key).Append('=').Append(value).Append(';');
    }

    private static void Join(StringBuilder text, string part)
    {
        if (text.Length > 0) text.Append(", ");
        text.Append(part);
    }
}
