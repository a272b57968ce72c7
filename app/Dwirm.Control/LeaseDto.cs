using System.Text.Json;

namespace Dwirm.Control;

/// <summary>One lease.</summary>
public sealed record LeaseDto : IControlDto<LeaseDto>
{
    /// <summary>Logical network.</summary>
    public string Network { get; set; } = "";

    /// <summary>The address.</summary>
    public string Ip { get; set; } = "";

    /// <summary>Hardware address.</summary>
    public string Mac { get; set; } = "";

    /// <summary>Client identifier in hexadecimal, or empty.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>Host name, or empty.</summary>
    public string Hostname { get; set; } = "";

    /// <summary><c>offered</c>, <c>bound</c>, <c>free</c> or <c>declined</c>.</summary>
    public string State { get; set; } = "";

    /// <summary>End of the state, Unix milliseconds; 0 for an infinite lease.</summary>
    public long ExpiresUnixMs { get; set; }

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("network"u8, Network);
        writer.WriteString("ip"u8, Ip);
        writer.WriteString("mac"u8, Mac);
        writer.WriteString("clientId"u8, ClientId);
        writer.WriteString("hostname"u8, Hostname);
        writer.WriteString("state"u8, State);
        RawJson.WriteTime(writer, "expires"u8, ExpiresUnixMs);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static LeaseDto Read(ref DocumentReader json)
    {
        var lease = new LeaseDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("network"u8)) lease.Network = json.Text();
            else if (json.Named("ip"u8)) lease.Ip = json.Text();
            else if (json.Named("mac"u8)) lease.Mac = json.Text();
            else if (json.Named("clientId"u8)) lease.ClientId = json.Text();
            else if (json.Named("hostname"u8)) lease.Hostname = json.Text();
            else if (json.Named("state"u8)) lease.State = json.Text();
            else if (json.Named("expires"u8)) lease.ExpiresUnixMs = json.Time();
            else json.Skip();
        }
        return lease;
    }
}
