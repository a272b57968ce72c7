using System.Text.Json;

namespace Dwirm.Control;

/// <summary>One device key. The secret is in the answer to <c>key-add</c> and in no other document.</summary>
public sealed class KeyDto : IControlDto<KeyDto>
{
    /// <summary>Whose.</summary>
    public string Mac { get; set; } = "";

    /// <summary>Names the secret on the wire, eight hexadecimal digits.</summary>
    public string SecretId { get; set; } = "";

    /// <summary>The secret, 32 hexadecimal digits; empty but for the one time it is told.</summary>
    public string Secret { get; set; } = "";

    /// <summary>When it was made, Unix milliseconds.</summary>
    public long CreatedUnixMs { get; set; }

    /// <summary>When a message was last proven with it, Unix milliseconds; 0 for never.</summary>
    public long LastUsedUnixMs { get; set; }

    /// <inheritdoc/>
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("mac"u8, Mac);
        writer.WriteString("secretId"u8, SecretId);
        if (Secret.Length > 0) writer.WriteString("secret"u8, Secret);
        RawJson.WriteTime(writer, "created"u8, CreatedUnixMs);
        RawJson.WriteTime(writer, "lastUsed"u8, LastUsedUnixMs);
        writer.WriteEndObject();
    }

    /// <inheritdoc/>
    public static KeyDto Read(ref DocumentReader json)
    {
        var key = new KeyDto();
        json.BeginObject();
        while (json.NextProperty())
        {
            if (json.Named("mac"u8)) key.Mac = json.Text();
            else if (json.Named("secretId"u8)) key.SecretId = json.Text();
            else if (json.Named("secret"u8)) key.Secret = json.Text();
            else if (json.Named("created"u8)) key.CreatedUnixMs = json.Time();
            else if (json.Named("lastUsed"u8)) key.LastUsedUnixMs = json.Time();
            else json.Skip();
        }
        return key;
    }
}
