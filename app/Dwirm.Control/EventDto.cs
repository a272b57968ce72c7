using System.Text.Json;

namespace Dwirm.Control;

/// <summary>One line of the history.</summary>
public sealed record EventDto : IControlDto<EventDto>
{
    /// <summary>When, Unix milliseconds; written with seconds.</summary>
    public long AtUnixMs { get; set; }

    /// <summary>Which device; empty for the daemon itself.</summary>
    public string Mac { get; set; } = "";

    /// <summary>What happened: <c>asked</c>, <c>granted</c>, <c>amended</c>, <c>pending</c>, <c>denied</c>, <c>approved</c>, <c>revoked</c>, …</summary>
    public string Kind { get; set; } = "";

    /// <summary>Rule name, <c>owner</c> or <c>device</c>.</summary>
    public string By { get; set; } = "";

    /// <summary>One line for people.</summary>
    public string Detail { get; set; } = "";

    /// <summary>What held before. Written only where something changed.</summary>
    public string Before { get; set; } = "";

    /// <summary>What holds since. Written only where something changed.</summary>
    public string After { get; set; } = "";

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        RawJson.WriteTime(writer, "at"u8, AtUnixMs);
        writer.WriteString("mac"u8, Mac);
        writer.WriteString("kind"u8, Kind);
        writer.WriteString("by"u8, By);
        writer.WriteString("detail"u8, Detail);
        if (Before.Length > 0) writer.WriteString("before"u8, Before);
        if (After.Length > 0) writer.WriteString("after"u8, After);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static EventDto Read(ref DocumentReader json)
    {
        var entry = new EventDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("at"u8)) entry.AtUnixMs = json.Time();
            else if (json.Named("mac"u8)) entry.Mac = json.Text();
            else if (json.Named("kind"u8)) entry.Kind = json.Text();
            else if (json.Named("by"u8)) entry.By = json.Text();
            else if (json.Named("detail"u8)) entry.Detail = json.Text();
            else if (json.Named("before"u8)) entry.Before = json.Text();
            else if (json.Named("after"u8)) entry.After = json.Text();
            else json.Skip();
        }
        return entry;
    }
}
