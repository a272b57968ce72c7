using System.Collections.Generic;
using System.Text.Json;

namespace Dwirm.Control;

/// <summary>A grant that is enforced: what one device may do.</summary>
public sealed record GrantDto : IControlDto<GrantDto>
{
    /// <summary>Hardware address.</summary>
    public string Mac { get; set; } = "";

    /// <summary>Logical network.</summary>
    public string Network { get; set; } = "";

    /// <summary>Leased IPv4 address; empty without a lease, when nothing is let through yet.</summary>
    public string Ip { get; set; } = "";

    /// <summary>Host name, or empty.</summary>
    public string Hostname { get; set; } = "";

    /// <summary>Description from its profile, or empty.</summary>
    public string Description { get; set; } = "";

    /// <summary><c>granted</c>, <c>amended</c> or <c>full-access</c>.</summary>
    public string State { get; set; } = "";

    /// <summary>Since when, Unix milliseconds.</summary>
    public long SinceUnixMs { get; set; }

    /// <summary>End of the owner's word, Unix milliseconds; 0 for none.</summary>
    public long UntilUnixMs { get; set; }

    /// <summary>Who or what decided, for people.</summary>
    public string DecidedBy { get; set; } = "";

    /// <summary>Generation of the grant in the kernel, 24 bits.</summary>
    public long Generation { get; set; }

    /// <summary>Granted services.</summary>
    public IReadOnlyList<ServiceDto> Services { get; set; } = [];

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("mac"u8, Mac);
        writer.WriteString("network"u8, Network);
        writer.WriteString("ip"u8, Ip);
        writer.WriteString("hostname"u8, Hostname);
        writer.WriteString("description"u8, Description);
        writer.WriteString("state"u8, State);
        RawJson.WriteTime(writer, "since"u8, SinceUnixMs);
        RawJson.WriteTime(writer, "until"u8, UntilUnixMs);
        writer.WriteString("decidedBy"u8, DecidedBy);
        writer.WriteNumber("generation"u8, Generation);
        writer.WritePropertyName("services"u8);
        ControlCodec.WriteList(writer, Services);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static GrantDto Read(ref DocumentReader json)
    {
        var grant = new GrantDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("mac"u8)) grant.Mac = json.Text();
            else if (json.Named("network"u8)) grant.Network = json.Text();
            else if (json.Named("ip"u8)) grant.Ip = json.Text();
            else if (json.Named("hostname"u8)) grant.Hostname = json.Text();
            else if (json.Named("description"u8)) grant.Description = json.Text();
            else if (json.Named("state"u8)) grant.State = json.Text();
            else if (json.Named("since"u8)) grant.SinceUnixMs = json.Time();
            else if (json.Named("until"u8)) grant.UntilUnixMs = json.Time();
            else if (json.Named("decidedBy"u8)) grant.DecidedBy = json.Text();
            else if (json.Named("generation"u8)) grant.Generation = json.Number();
            else if (json.Named("services"u8)) grant.Services = json.List<ServiceDto>();
            else json.Skip();
        }
        return grant;
    }
}
