using System.Text.Json;

namespace Dwirm.Control;

/// <summary>One thing that the daemon needs, or can use, of a system, and how it stands.</summary>
public sealed record FindingDto : IControlDto<FindingDto>
{
    /// <summary><c>ok</c>, <c>warn</c>, or <c>FAIL</c> for what is missing and matters.</summary>
    public string Level { get; set; } = "";

    /// <summary>What it is, in a few words that stay the same.</summary>
    public string What { get; set; } = "";

    /// <summary>What was found, or empty.</summary>
    public string Detail { get; set; } = "";

    /// <summary>What to do about it, or empty.</summary>
    public string Cure { get; set; } = "";

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("level"u8, Level);
        writer.WriteString("what"u8, What);
        writer.WriteString("detail"u8, Detail);
        writer.WriteString("cure"u8, Cure);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static FindingDto Read(ref DocumentReader json)
    {
        var finding = new FindingDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("level"u8)) finding.Level = json.Text();
            else if (json.Named("what"u8)) finding.What = json.Text();
            else if (json.Named("detail"u8)) finding.Detail = json.Text();
            else if (json.Named("cure"u8)) finding.Cure = json.Text();
            else json.Skip();
        }
        return finding;
    }
}
