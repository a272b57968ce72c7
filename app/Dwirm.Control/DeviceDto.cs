using System.Collections.Generic;
using System.Text.Json;

namespace Dwirm.Control;

/// <summary>Everything about one device; spelling and order are a promise to programs that read it.</summary>
public sealed record DeviceDto : IControlDto<DeviceDto>
{
    /// <summary>Hardware address, lower-case with colons.</summary>
    public string Mac { get; set; } = "";

    /// <summary>Client identifier in hexadecimal, or empty.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>Logical network.</summary>
    public string Network { get; set; } = "";

    /// <summary>Leased IPv4 address, or empty.</summary>
    public string Ip { get; set; } = "";

    /// <summary>IPv6 addresses.</summary>
    public IReadOnlyList<string> Ip6 { get; set; } = [];

    /// <summary>Host name, or empty.</summary>
    public string Hostname { get; set; } = "";

    /// <summary>Description from its profile, or empty.</summary>
    public string Description { get; set; } = "";

    /// <summary><c>new</c>, <c>pending</c>, <c>granted</c>, <c>amended</c>, <c>denied</c>, <c>quarantined</c> or <c>full-access</c>.</summary>
    public string State { get; set; } = "";

    /// <summary>Since when it is in <see cref="State"/>, Unix milliseconds.</summary>
    public long SinceUnixMs { get; set; }

    /// <summary>End of its lease, Unix milliseconds; 0 without a lease and for an infinite one (<see cref="Ip"/> tells).</summary>
    public long LeaseExpiresUnixMs { get; set; }

    /// <summary>True when the request was proven by DHCP authentication.</summary>
    public bool Authenticated { get; set; }

    /// <summary>The profile it asked for, JSON as the device spelt it; null when it never sent one.</summary>
    public string? Requested { get; set; }

    /// <summary>The answer that holds, JSON; null while undecided.</summary>
    public string? Granted { get; set; }

    /// <summary>Its services.</summary>
    public IReadOnlyList<ServiceDto> Services { get; set; } = [];

    /// <summary>Who or what decided, for people. Written only when not empty.</summary>
    public string DecidedBy { get; set; } = "";

    /// <summary>True when a port forward waits for the owner although the profile is answered. Written only when true.</summary>
    public bool ForwardAsked { get; set; }

    /// <summary>End of the owner's word, Unix milliseconds. Written only when there is one.</summary>
    public long UntilUnixMs { get; set; }

    /// <summary>What it, or somebody with it, tried and was refused, newest first. Written only when there is any.</summary>
    public IReadOnlyList<ViolationDto> Violations { get; set; } = [];
    /// <summary>The owner's everyday controls. Written only when there are any.</summary>
    public ControlsDto? Controls { get; set; }

    /// <summary>True when the profile is one that the owner assigned. Written only when true.</summary>
    public bool Assigned { get; set; }

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("mac"u8, Mac);
        writer.WriteString("clientId"u8, ClientId);
        writer.WriteString("network"u8, Network);
        writer.WriteString("ip"u8, Ip);
        RawJson.WriteTexts(writer, "ip6"u8, Ip6);
        writer.WriteString("hostname"u8, Hostname);
        writer.WriteString("description"u8, Description);
        writer.WriteString("state"u8, State);
        RawJson.WriteTime(writer, "since"u8, SinceUnixMs);
        RawJson.WriteTime(writer, "leaseExpires"u8, LeaseExpiresUnixMs);
        writer.WriteBoolean("authenticated"u8, Authenticated);
        RawJson.Write(writer, "requested"u8, Requested);
        RawJson.Write(writer, "granted"u8, Granted);
        writer.WritePropertyName("services"u8);
        ControlCodec.WriteList(writer, Services);
        if (DecidedBy.Length > 0) writer.WriteString("decidedBy"u8, DecidedBy);
        if (ForwardAsked) writer.WriteBoolean("forwardAsked"u8, true);
        if (UntilUnixMs != 0) RawJson.WriteTime(writer, "until"u8, UntilUnixMs);
        if (Violations.Count > 0)
        {
            writer.WritePropertyName("violations"u8);
            ControlCodec.WriteList(writer, Violations);
        }
        if (Controls is not null)
        {
            writer.WritePropertyName("controls"u8);
            Controls.Write(writer);
        }
        if (Assigned) writer.WriteBoolean("assigned"u8, true);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static DeviceDto Read(ref DocumentReader json)
    {
        var device = new DeviceDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("mac"u8)) device.Mac = json.Text();
            else if (json.Named("clientId"u8)) device.ClientId = json.Text();
            else if (json.Named("network"u8)) device.Network = json.Text();
            else if (json.Named("ip"u8)) device.Ip = json.Text();
            else if (json.Named("ip6"u8)) device.Ip6 = json.Texts();
            else if (json.Named("hostname"u8)) device.Hostname = json.Text();
            else if (json.Named("description"u8)) device.Description = json.Text();
            else if (json.Named("state"u8)) device.State = json.Text();
            else if (json.Named("since"u8)) device.SinceUnixMs = json.Time();
            else if (json.Named("leaseExpires"u8)) device.LeaseExpiresUnixMs = json.Time();
            else if (json.Named("authenticated"u8)) device.Authenticated = json.Flag();
            else if (json.Named("requested"u8)) device.Requested = json.Raw();
            else if (json.Named("granted"u8)) device.Granted = json.Raw();
            else if (json.Named("services"u8)) device.Services = json.List<ServiceDto>();
            else if (json.Named("decidedBy"u8)) device.DecidedBy = json.Text();
            else if (json.Named("forwardAsked"u8)) device.ForwardAsked = json.Flag();
            else if (json.Named("until"u8)) device.UntilUnixMs = json.Time();
            else if (json.Named("violations"u8)) device.Violations = json.List<ViolationDto>();
            else if (json.Named("controls"u8)) device.Controls = ControlsDto.Read(ref json);
            else if (json.Named("assigned"u8)) device.Assigned = json.Flag();
            else json.Skip();
        }
        return device;
    }
}
