using System.Collections.Generic;
using System.Text.Json;

namespace Dwirm.Control;

/// <summary>One service of a device: what was decided and what it has used.</summary>
public sealed record ServiceDto : IControlDto<ServiceDto>
{
    /// <summary><c>provide</c> or <c>consume</c>.</summary>
    public string Direction { get; set; } = "";

    /// <summary>Category name as the device wrote it.</summary>
    public string Category { get; set; } = "";

    /// <summary><c>accepted</c>, <c>amended</c>, <c>denied</c> or <c>pending</c>.</summary>
    public string Decision { get; set; } = "";

    /// <summary>The rule that decided, <c>owner</c>, or empty.</summary>
    public string Rule { get; set; } = "";

    /// <summary>True while the kernel lets it through: granted and its schedule open.</summary>
    public bool Active { get; set; }

    /// <summary>When <see cref="Active"/> next changes by schedule, Unix milliseconds; 0 for never.</summary>
    public long NextChangeUnixMs { get; set; }

    /// <summary>Ports it may be reached on, in the profile's spelling.</summary>
    public string Ports { get; set; } = "";

    /// <summary>Granted port forward in the profile's spelling, internal:external; empty for none.</summary>
    public string PortForward { get; set; } = "";

    /// <summary>Destinations (consume) or permitted sources (provide). Written only when there are any.</summary>
    public IReadOnlyList<string> Endpoints { get; set; } = [];

    /// <summary>Greatest throughput in each direction, bits per second; 0 for line rate.</summary>
    public long RateBitsPerSecond { get; set; }

    /// <summary>Daily window in the profile's spelling.</summary>
    public string Schedule { get; set; } = "";

    /// <summary>Packets counted in the kernel.</summary>
    public long Packets { get; set; }

    /// <summary>Octets counted in the kernel.</summary>
    public long Bytes { get; set; }

    /// <summary>Packets dropped by its rate.</summary>
    public long Dropped { get; set; }

    /// <summary>Why it was changed, refused or waits, a line each. Written only when there are any.</summary>
    public IReadOnlyList<string> Reasons { get; set; } = [];

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("direction"u8, Direction);
        writer.WriteString("category"u8, Category);
        writer.WriteString("decision"u8, Decision);
        writer.WriteString("rule"u8, Rule);
        writer.WriteBoolean("active"u8, Active);
        RawJson.WriteTime(writer, "nextChange"u8, NextChangeUnixMs);
        writer.WriteString("ports"u8, Ports);
        writer.WriteString("portForward"u8, PortForward);
        if (Endpoints.Count > 0) RawJson.WriteTexts(writer, "endpoints"u8, Endpoints);
        writer.WriteNumber("rateBitsPerSecond"u8, RateBitsPerSecond);
        writer.WriteString("schedule"u8, Schedule);
        writer.WriteNumber("packets"u8, Packets);
        writer.WriteNumber("bytes"u8, Bytes);
        writer.WriteNumber("dropped"u8, Dropped);
        if (Reasons.Count > 0) RawJson.WriteTexts(writer, "reasons"u8, Reasons);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static ServiceDto Read(ref DocumentReader json)
    {
        var service = new ServiceDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("direction"u8)) service.Direction = json.Text();
            else if (json.Named("category"u8)) service.Category = json.Text();
            else if (json.Named("decision"u8)) service.Decision = json.Text();
            else if (json.Named("rule"u8)) service.Rule = json.Text();
            else if (json.Named("active"u8)) service.Active = json.Flag();
            else if (json.Named("nextChange"u8)) service.NextChangeUnixMs = json.Time();
            else if (json.Named("ports"u8)) service.Ports = json.Text();
            else if (json.Named("portForward"u8)) service.PortForward = json.Text();
            else if (json.Named("endpoints"u8)) service.Endpoints = json.Texts();
            else if (json.Named("rateBitsPerSecond"u8)) service.RateBitsPerSecond = json.Number();
            else if (json.Named("schedule"u8)) service.Schedule = json.Text();
            else if (json.Named("packets"u8)) service.Packets = json.Number();
            else if (json.Named("bytes"u8)) service.Bytes = json.Number();
            else if (json.Named("dropped"u8)) service.Dropped = json.Number();
            else if (json.Named("reasons"u8)) service.Reasons = json.Texts();
            else json.Skip();
        }
        return service;
    }
}
