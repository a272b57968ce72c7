using System.Collections.Generic;
using System.Text.Json;

namespace Dwirm.Control;

/// <summary>What a device was seen using, and the profile that would allow that.</summary>
public sealed record SuggestionDto : IControlDto<SuggestionDto>
{
    /// <summary>Hardware address.</summary>
    public string Mac { get; set; } = "";

    /// <summary>True while it is observed.</summary>
    public bool Observing { get; set; }

    /// <summary>When the observation began, Unix milliseconds.</summary>
    public long SinceUnixMs { get; set; }

    /// <summary>When it ends, Unix milliseconds; 0 when it has ended.</summary>
    public long UntilUnixMs { get; set; }

    /// <summary>Flows that were not told apart, because there were too many.</summary>
    public long Missed { get; set; }

    /// <summary>Of <see cref="Seen"/>, those that found no room in a profile.</summary>
    public int Omitted { get; set; }

    /// <summary>What was seen.</summary>
    public IReadOnlyList<SeenDto> Seen { get; set; } = [];

    /// <summary>The profile, JSON; null when nothing was seen.</summary>
    public string? Profile { get; set; }

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("mac"u8, Mac);
        writer.WriteBoolean("observing"u8, Observing);
        RawJson.WriteTime(writer, "since"u8, SinceUnixMs);
        RawJson.WriteTime(writer, "until"u8, UntilUnixMs);
        writer.WriteNumber("missed"u8, Missed);
        writer.WriteNumber("omitted"u8, Omitted);
        writer.WritePropertyName("seen"u8);
        ControlCodec.WriteList(writer, Seen);
        RawJson.Write(writer, "profile"u8, Profile);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static SuggestionDto Read(ref DocumentReader json)
    {
        var suggestion = new SuggestionDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("mac"u8)) suggestion.Mac = json.Text();
            else if (json.Named("observing"u8)) suggestion.Observing = json.Flag();
            else if (json.Named("since"u8)) suggestion.SinceUnixMs = json.Time();
            else if (json.Named("until"u8)) suggestion.UntilUnixMs = json.Time();
            else if (json.Named("missed"u8)) suggestion.Missed = json.Number();
            else if (json.Named("omitted"u8)) suggestion.Omitted = json.Count();
            else if (json.Named("seen"u8)) suggestion.Seen = json.List<SeenDto>();
            else if (json.Named("profile"u8)) suggestion.Profile = json.Raw();
            else json.Skip();
        }
        return suggestion;
    }
}

/// <summary>Something a device was seen using, or serving.</summary>
public sealed record SeenDto : IControlDto<SeenDto>
{
    /// <summary><c>consume</c> for what the device opened, <c>provide</c> for what others opened to it.</summary>
    public string Direction { get; set; } = "";

    /// <summary>The name it asked for, or empty.</summary>
    public string Name { get; set; } = "";

    /// <summary>The other side's address, as last seen.</summary>
    public string Address { get; set; } = "";

    /// <summary><c>tcp</c> or <c>udp</c>.</summary>
    public string Protocol { get; set; } = "";

    /// <summary>The port that was connected to.</summary>
    public int Port { get; set; }

    /// <summary>Where it stands in the profile; empty when it found no room.</summary>
    public string Category { get; set; } = "";

    /// <summary>In how many looks, one every half minute, it was there.</summary>
    public int Sightings { get; set; }

    /// <summary>When it was seen last, Unix milliseconds.</summary>
    public long LastUnixMs { get; set; }

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("direction"u8, Direction);
        writer.WriteString("name"u8, Name);
        writer.WriteString("address"u8, Address);
        writer.WriteString("protocol"u8, Protocol);
        writer.WriteNumber("port"u8, Port);
        writer.WriteString("category"u8, Category);
        writer.WriteNumber("sightings"u8, Sightings);
        RawJson.WriteTime(writer, "last"u8, LastUnixMs);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static SeenDto Read(ref DocumentReader json)
    {
        var seen = new SeenDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("direction"u8)) seen.Direction = json.Text();
            else if (json.Named("name"u8)) seen.Name = json.Text();
            else if (json.Named("address"u8)) seen.Address = json.Text();
            else if (json.Named("protocol"u8)) seen.Protocol = json.Text();
            else if (json.Named("port"u8)) seen.Port = json.Count();
            else if (json.Named("category"u8)) seen.Category = json.Text();
            else if (json.Named("sightings"u8)) seen.Sightings = json.Count();
            else if (json.Named("last"u8)) seen.LastUnixMs = json.Time();
            else json.Skip();
        }
        return seen;
    }
}
