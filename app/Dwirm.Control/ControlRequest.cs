using System.Text.Json;

namespace Dwirm.Control;

/// <summary>What the command line asks of the daemon. Parameters that are empty are not sent.</summary>
public sealed record ControlRequest : IControlDto<ControlRequest>
{
    /// <summary>One of <see cref="ControlMethods"/>.</summary>
    public string Method { get; set; } = "";

    /// <summary>Which device, lower-case with colons; empty for all.</summary>
    public string Mac { get; set; } = "";

    /// <summary>An amendment as JSON text, or null.</summary>
    public string? Json { get; set; }

    /// <summary>The value of a control: a rate, a window, an amount, a template; <c>none</c> takes the control away.</summary>
    public string Value { get; set; } = "";

    /// <summary>The rate from the device, where it is not that towards it.</summary>
    public string Up { get; set; } = "";

    /// <summary>Take the control away.</summary>
    public bool Clear { get; set; }

    /// <summary>Approve this lease only; the device's next request is decided anew.</summary>
    public bool Once { get; set; }

    /// <summary>End of a full access or of a pause, Unix milliseconds; 0 for never.</summary>
    public long UntilUnixMs { get; set; }

    /// <summary>Keep the connection and send events as they happen.</summary>
    public bool Follow { get; set; }

    /// <summary>Most events to answer with; 0 for <see cref="ControlProtocol.DefaultEventLimit"/>.</summary>
    public int Limit { get; set; }

    /// <summary>Form of a plan: <c>json</c>, <c>nft</c>, or empty for json.</summary>
    public string Format { get; set; } = "";

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("method"u8, Method);
        if (Mac.Length > 0) writer.WriteString("mac"u8, Mac);
        if (Json is not null) RawJson.WriteText(writer, "json"u8, Json);
        if (Value.Length > 0) writer.WriteString("value"u8, Value);
        if (Up.Length > 0) writer.WriteString("up"u8, Up);
        if (Clear) writer.WriteBoolean("clear"u8, true);
        if (Once) writer.WriteBoolean("once"u8, true);
        if (UntilUnixMs != 0) RawJson.WriteTime(writer, "until"u8, UntilUnixMs);
        if (Follow) writer.WriteBoolean("follow"u8, true);
        if (Limit != 0) writer.WriteNumber("limit"u8, Limit);
        if (Format.Length > 0) writer.WriteString("format"u8, Format);
        writer.WriteEndObject();
    }

    /// <summary>Reads a request. Unlike in answers an unknown name is a fault: a misspelt <c>until</c> must not become full access for ever.</summary>
    public static ControlRequest Read(ref DocumentReader json)
    {
        var request = new ControlRequest();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("method"u8)) request.Method = json.Text();
            else if (json.Named("mac"u8)) request.Mac = json.Text();
            else if (json.Named("json"u8)) request.Json = json.Raw();
            else if (json.Named("value"u8)) request.Value = json.Text();
            else if (json.Named("up"u8)) request.Up = json.Text();
            else if (json.Named("clear"u8)) request.Clear = json.Flag();
            else if (json.Named("once"u8)) request.Once = json.Flag();
            else if (json.Named("until"u8)) request.UntilUnixMs = json.Time();
            else if (json.Named("follow"u8)) request.Follow = json.Flag();
            else if (json.Named("limit"u8)) request.Limit = json.Count();
            else if (json.Named("format"u8)) request.Format = json.Text();
            else json.Fail(ControlFaultKind.UnknownParameter);
        }
        if (request.Method.Length == 0) json.Fail(ControlFaultKind.NoMethod);
        return request;
    }
}
