using System;
using System.Text.Json;

namespace Dwirm.Control;

/// <summary>Why the daemon refused or failed.</summary>
public sealed record ErrorDto : IControlDto<ErrorDto>
{
    /// <summary>One line for people.</summary>
    public string Error { get; set; } = "";

    /// <summary>Exit code for the command line: 1 refused or failed, 2 wrong usage.</summary>
    public int Code { get; set; } = 1;

    /// <summary>True when <paramref name="document"/> is an error; every such document begins with its <c>error</c>.</summary>
    public static bool IsError(ReadOnlySpan<byte> document) => document.StartsWith("{\"error\":"u8);

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("error"u8, Error);
        writer.WriteNumber("code"u8, Code);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static ErrorDto Read(ref DocumentReader json)
    {
        var error = new ErrorDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("error"u8)) error.Error = json.Text();
            else if (json.Named("code"u8)) error.Code = json.Count();
            else json.Skip();
        }
        return error;
    }
}

/// <summary>What came of an owner's decision.</summary>
public sealed record OutcomeDto : IControlDto<OutcomeDto>
{
    /// <summary>Which device.</summary>
    public string Mac { get; set; } = "";

    /// <summary>Its state now; empty when it is forgotten.</summary>
    public string State { get; set; } = "";

    /// <summary>One line for people: what changed.</summary>
    public string Message { get; set; } = "";

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("mac"u8, Mac);
        writer.WriteString("state"u8, State);
        writer.WriteString("message"u8, Message);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static OutcomeDto Read(ref DocumentReader json)
    {
        var outcome = new OutcomeDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("mac"u8)) outcome.Mac = json.Text();
            else if (json.Named("state"u8)) outcome.State = json.Text();
            else if (json.Named("message"u8)) outcome.Message = json.Text();
            else json.Skip();
        }
        return outcome;
    }
}

/// <summary>Text of more than one line, such as an nft script.</summary>
public sealed record TextDto : IControlDto<TextDto>
{
    /// <summary>The text.</summary>
    public string Text { get; set; } = "";

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("text"u8, Text);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static TextDto Read(ref DocumentReader json)
    {
        var text = new TextDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("text"u8)) text.Text = json.Text();
            else json.Skip();
        }
        return text;
    }
}
