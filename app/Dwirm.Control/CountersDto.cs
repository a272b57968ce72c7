using System.Collections.Generic;
using System.Text.Json;

namespace Dwirm.Control;

/// <summary>What one device used, and was refused.</summary>
public sealed record CountersDto : IControlDto<CountersDto>
{
    /// <summary>Hardware address, lower-case with colons.</summary>
    public string Mac { get; set; } = "";

    /// <summary>Host name, or empty.</summary>
    public string Hostname { get; set; } = "";

    /// <summary>Description from its profile, or empty.</summary>
    public string Description { get; set; } = "";

    /// <summary>As in <see cref="DeviceDto.State"/>.</summary>
    public string State { get; set; } = "";

    /// <summary>Names it asked the router's forwarder for, since the daemon started.</summary>
    public long Queries { get; set; }

    /// <summary>Packets refused because nothing grants them, as far as they are remembered.</summary>
    public long Violations { get; set; }

    /// <summary>Packets refused because their source address is not the device's own, as far as they are remembered.</summary>
    public long Spoofed { get; set; }

    /// <summary>What was granted, and what of it was used.</summary>
    public IReadOnlyList<UsageDto> Services { get; set; } = [];

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("mac"u8, Mac);
        writer.WriteString("hostname"u8, Hostname);
        writer.WriteString("description"u8, Description);
        writer.WriteString("state"u8, State);
        writer.WriteNumber("queries"u8, Queries);
        writer.WriteNumber("violations"u8, Violations);
        writer.WriteNumber("spoofed"u8, Spoofed);
        writer.WritePropertyName("services"u8);
        ControlCodec.WriteList(writer, Services);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static CountersDto Read(ref DocumentReader json)
    {
        var counters = new CountersDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("mac"u8)) counters.Mac = json.Text();
            else if (json.Named("hostname"u8)) counters.Hostname = json.Text();
            else if (json.Named("description"u8)) counters.Description = json.Text();
            else if (json.Named("state"u8)) counters.State = json.Text();
            else if (json.Named("queries"u8)) counters.Queries = json.Number();
            else if (json.Named("violations"u8)) counters.Violations = json.Number();
            else if (json.Named("spoofed"u8)) counters.Spoofed = json.Number();
            else if (json.Named("services"u8)) counters.Services = json.List<UsageDto>();
            else json.Skip();
        }
        return counters;
    }
}

/// <summary>What one service used.</summary>
public sealed record UsageDto : IControlDto<UsageDto>
{
    /// <summary><c>provide</c> or <c>consume</c>.</summary>
    public string Direction { get; set; } = "";

    /// <summary>Category name as the device wrote it.</summary>
    public string Category { get; set; } = "";

    /// <summary>Packets that passed.</summary>
    public long Packets { get; set; }

    /// <summary>Octets of them, from the network header on.</summary>
    public long Bytes { get; set; }

    /// <summary>Packets dropped by its rate.</summary>
    public long Dropped { get; set; }

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("direction"u8, Direction);
        writer.WriteString("category"u8, Category);
        writer.WriteNumber("packets"u8, Packets);
        writer.WriteNumber("bytes"u8, Bytes);
        writer.WriteNumber("dropped"u8, Dropped);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static UsageDto Read(ref DocumentReader json)
    {
        var usage = new UsageDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("direction"u8)) usage.Direction = json.Text();
            else if (json.Named("category"u8)) usage.Category = json.Text();
            else if (json.Named("packets"u8)) usage.Packets = json.Number();
            else if (json.Named("bytes"u8)) usage.Bytes = json.Number();
            else if (json.Named("dropped"u8)) usage.Dropped = json.Number();
            else json.Skip();
        }
        return usage;
    }
}
