using System.Collections.Generic;
using System.Text.Json;

namespace Dwirm.Control;

/// <summary>A request that waits for the owner, in whole or for its port forward only.</summary>
public sealed record PendingDto : IControlDto<PendingDto>
{
    /// <summary>Hardware address.</summary>
    public string Mac { get; set; } = "";

    /// <summary>Client identifier in hexadecimal, or empty.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>Logical network.</summary>
    public string Network { get; set; } = "";

    /// <summary>Leased IPv4 address, or empty.</summary>
    public string Ip { get; set; } = "";

    /// <summary>Host name, or empty.</summary>
    public string Hostname { get; set; } = "";

    /// <summary>Description from its profile, or empty.</summary>
    public string Description { get; set; } = "";

    /// <summary>Since when it waits, Unix milliseconds.</summary>
    public long SinceUnixMs { get; set; }

    /// <summary>True when the request was proven by DHCP authentication.</summary>
    public bool Authenticated { get; set; }

    /// <summary>True when the profile is answered and enforced, and only a port forward waits.</summary>
    public bool ForwardOnly { get; set; }

    /// <summary>The profile it asked for, JSON as the device spelt it.</summary>
    public string? Requested { get; set; }

    /// <summary>What waits: the asked values, with <see cref="ServiceDto.Rule"/> and <see cref="ServiceDto.Reasons"/> saying why.</summary>
    public IReadOnlyList<ServiceDto> Services { get; set; } = [];

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("mac"u8, Mac);
        writer.WriteString("clientId"u8, ClientId);
        writer.WriteString("network"u8, Network);
        writer.WriteString("ip"u8, Ip);
        writer.WriteString("hostname"u8, Hostname);
        writer.WriteString("description"u8, Description);
        RawJson.WriteTime(writer, "since"u8, SinceUnixMs);
        writer.WriteBoolean("authenticated"u8, Authenticated);
        writer.WriteBoolean("forwardOnly"u8, ForwardOnly);
        RawJson.Write(writer, "requested"u8, Requested);
        writer.WritePropertyName("services"u8);
        ControlCodec.WriteList(writer, Services);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static PendingDto Read(ref DocumentReader json)
    {
        var pending = new PendingDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("mac"u8)) pending.Mac = json.Text();
            else if (json.Named("clientId"u8)) pending.ClientId = json.Text();
            else if (json.Named("network"u8)) pending.Network = json.Text();
            else if (json.Named("ip"u8)) pending.Ip = json.Text();
            else if (json.Named("hostname"u8)) pending.Hostname = json.Text();
            else if (json.Named("description"u8)) pending.Description = json.Text();
            else if (json.Named("since"u8)) pending.SinceUnixMs = json.Time();
            else if (json.Named("authenticated"u8)) pending.Authenticated = json.Flag();
            else if (json.Named("forwardOnly"u8)) pending.ForwardOnly = json.Flag();
            else if (json.Named("requested"u8)) pending.Requested = json.Raw();
            else if (json.Named("services"u8)) pending.Services = json.List<ServiceDto>();
            else json.Skip();
        }
        return pending;
    }
}
