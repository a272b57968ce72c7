using System.Collections.Generic;
using System.Text;
using Dwirm.Control;

namespace Dwirm.Cli.Commands;

/// <summary>What a device asked for, read from its profile for people: categories with their options as the device spelt them.</summary>
internal sealed class AskedProfile
{
    private readonly List<(string Direction, string Category, string Options)> _categories = [];

    private AskedProfile()
    {
    }

    /// <summary>Reads a profile; one that is missing or of another shape asks for nothing.</summary>
    public static AskedProfile Read(string? json)
    {
        var profile = new AskedProfile();
        var reader = new DocumentReader(json is null ? default : Encoding.UTF8.GetBytes(json));
        reader.BeginObject();
        while (reader.NextProperty()) profile.ReadDirections(ref reader);
        return profile;
    }

    /// <summary>The options of a category on one line, <c>Ports 88-99, Rate 2Mbps</c>; empty when it was not asked for.</summary>
    public string Options(ServiceDto service)
    {
        foreach ((string direction, string category, string options) in _categories)
        {
            if (direction == service.Direction && category == service.Category) return options;
        }
        return "";
    }

    /// <summary>The members of the profile proper: its description, <c>Provide</c> and <c>Consume</c>.</summary>
    private void ReadDirections(ref DocumentReader reader)
    {
        string profile = reader.Raw() ?? "";
        var members = new DocumentReader(Encoding.UTF8.GetBytes(profile));
        members.BeginObject();
        while (members.NextProperty())
        {
            string direction = members.PropertyName().ToLowerInvariant();
            if (direction is "provide" or "consume") ReadCategories(direction, members.Raw() ?? "");
            else members.Skip();
        }
    }

    private void ReadCategories(string direction, string json)
    {
        var reader = new DocumentReader(Encoding.UTF8.GetBytes(json));
        reader.BeginObject();
        while (reader.NextProperty())
        {
            string category = reader.PropertyName();
            _categories.Add((direction, category, ReadOptions(reader.Raw() ?? "")));
        }
    }

    private static string ReadOptions(string json)
    {
        var reader = new DocumentReader(Encoding.UTF8.GetBytes(json));
        var text = new StringBuilder();
        reader.BeginObject();
        while (reader.NextProperty())
        {
            string name = reader.PropertyName();
            string value = Plain(reader.Raw() ?? "");
            if (value.Length == 0) continue;
            if (text.Length > 0) text.Append(", ");
            text.Append(name).Append(' ').Append(value);
        }
        return text.ToString();
    }

    /// <summary>A string without its quotes, an array of strings with blanks between, anything else as it is.</summary>
    private static string Plain(string json)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(json);
        var one = new DocumentReader(utf8);
        string text = one.Text();
        if (one.Ok) return text;
        var many = new DocumentReader(utf8);
        IReadOnlyList<string> texts = many.Texts();
        return many.Ok ? string.Join(' ', texts) : json;
    }
}
