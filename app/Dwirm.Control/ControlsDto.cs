using System.Text.Json;

namespace Dwirm.Control;

/// <summary>The owner's everyday controls of one device; a control that is not there is 0, empty or false.</summary>
public sealed record ControlsDto : IControlDto<ControlsDto>
{
    /// <summary>True while the device is open, as far as its controls go.</summary>
    public bool Open { get; set; }

    /// <summary>When <see cref="Open"/> changes by itself, Unix milliseconds; 0 for never.</summary>
    public long NextChangeUnixMs { get; set; }

    /// <summary>Greatest throughput towards the device, bits per second.</summary>
    public long DownBitsPerSecond { get; set; }

    /// <summary>Greatest throughput from the device, bits per second.</summary>
    public long UpBitsPerSecond { get; set; }

    /// <summary>The daily window in which it is open, or empty.</summary>
    public string Schedule { get; set; } = "";

    /// <summary>Octets a day.</summary>
    public long QuotaBytes { get; set; }

    /// <summary>Octets used since local midnight, while there is a quota.</summary>
    public long UsedBytes { get; set; }

    /// <summary>True while it is paused.</summary>
    public bool Paused { get; set; }

    /// <summary>True while it is blocked.</summary>
    public bool Blocked { get; set; }

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteBoolean("open"u8, Open);
        RawJson.WriteTime(writer, "nextChange"u8, NextChangeUnixMs);
        writer.WriteNumber("downBitsPerSecond"u8, DownBitsPerSecond);
        writer.WriteNumber("upBitsPerSecond"u8, UpBitsPerSecond);
        writer.WriteString("schedule"u8, Schedule);
        writer.WriteNumber("quotaBytes"u8, QuotaBytes);
        writer.WriteNumber("usedBytes"u8, UsedBytes);
        writer.WriteBoolean("paused"u8, Paused);
        writer.WriteBoolean("blocked"u8, Blocked);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static ControlsDto Read(ref DocumentReader json)
    {
        var controls = new ControlsDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("open"u8)) controls.Open = json.Flag();
            else if (json.Named("nextChange"u8)) controls.NextChangeUnixMs = json.Time();
            else if (json.Named("downBitsPerSecond"u8)) controls.DownBitsPerSecond = json.Number();
            else if (json.Named("upBitsPerSecond"u8)) controls.UpBitsPerSecond = json.Number();
            else if (json.Named("schedule"u8)) controls.Schedule = json.Text();
            else if (json.Named("quotaBytes"u8)) controls.QuotaBytes = json.Number();
            else if (json.Named("usedBytes"u8)) controls.UsedBytes = json.Number();
            else if (json.Named("paused"u8)) controls.Paused = json.Flag();
            else if (json.Named("blocked"u8)) controls.Blocked = json.Flag();
            else json.Skip();
        }
        return controls;
    }
}
