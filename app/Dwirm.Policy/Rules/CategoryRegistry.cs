using System;
using System.Collections.Generic;
using Dwirm.Policy.Profiles;

namespace Dwirm.Policy.Rules;

/// <summary>A registered category with the options it stands for where a profile leaves them out; null leaves an option to the site's defaults.</summary>
public sealed record CategoryDefinition
{
    /// <summary>Name; compared without regard to case.</summary>
    public required string Name { get; init; }

    /// <summary>For people.</summary>
    public string Description { get; init; } = "";

    /// <summary>Default ports; null for none.</summary>
    public PortSet? Ports { get; init; }

    /// <summary>True when a device may not ask for other ports than <see cref="Ports"/> under this name.</summary>
    public bool FixedPorts { get; init; }

    /// <summary>Default rate.</summary>
    public BitRate? Rate { get; init; }

    /// <summary>Default window.</summary>
    public DailyWindow? Schedule { get; init; }

    /// <summary>Default hints.</summary>
    public Hints? Hints { get; init; }

    /// <summary>Default endpoints.</summary>
    public IReadOnlyList<EndpointName>? Endpoints { get; init; }
}

/// <summary>A profile that the owner can assign to a device that does not send one.</summary>
/// <param name="Name">Name; compared without regard to case.</param>
/// <param name="Description">For people.</param>
/// <param name="Json">The profile.</param>
public sealed record DeviceTemplate(string Name, string Description, string Json);

/// <summary>The categories this router knows. The two baseline rows of the draft are always there.</summary>
public sealed class CategoryRegistry
{
    /// <summary>The special request for phones and computers.</summary>
    public const string FullAccess = "Full Access";

    /// <summary>The HTTP service.</summary>
    public const string Http = "HTTP";

    private readonly Dictionary<string, CategoryDefinition> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<DeviceTemplate> _templates = [];

    /// <summary>A registry of the baseline rows and of <paramref name="rows"/>, later ones in place of earlier ones of the same name.</summary>
    /// <remarks>HTTP keeps its ports whatever a row says (DWIRM-16); Full Access has no options.</remarks>
    /// <param name="rows">Rows of the files, in their order.</param>
    /// <param name="templates">Templates of the files, in their order; a later one replaces an earlier one of the same name.</param>
    public CategoryRegistry(IEnumerable<CategoryDefinition> rows, IEnumerable<DeviceTemplate>? templates = null)
    {
        foreach (DeviceTemplate template in templates ?? [])
        {
            if (Template(template.Name) is { } earlier) _templates.Remove(earlier);
            _templates.Add(template);
        }
        _byName[Http] = BaselineHttp;
        _byName[FullAccess] = new CategoryDefinition { Name = FullAccess, Description = "Unrestricted access for phones, tablets and computers" };
        foreach (CategoryDefinition row in rows)
        {
            _byName[row.Name] = IsHttp(row.Name) ? row with { Ports = BaselineHttp.Ports, FixedPorts = true } : row;
        }
    }

    /// <summary>The draft's HTTP row: ports 80 and 443, all day.</summary>
    public static CategoryDefinition BaselineHttp { get; } = new()
    {
        Name = Http,
        Description = "Web service",
        Ports = PortSet.Of(new PortRange(80, 80), new PortRange(443, 443)),
        FixedPorts = true,
        Schedule = DailyWindow.AllDay,
        Hints = Hints.Parse("HTTP, HTTPS"),
        Endpoints = [],
    };

    /// <summary>Only the baseline rows.</summary>
    public static CategoryRegistry Baseline { get; } = new([]);

    /// <summary>How many categories are known.</summary>
    public int Count => _byName.Count;

    /// <summary>Every row, in no particular order.</summary>
    public IReadOnlyCollection<CategoryDefinition> Rows => _byName.Values;

    /// <summary>The row of a name; null for a name that is not registered, which is legal and carries its own options.</summary>
    public CategoryDefinition? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>Every template, in the order of the files.</summary>
    public IReadOnlyList<DeviceTemplate> Templates => _templates;

    /// <summary>The names of all templates, for people.</summary>
    public string TemplateNames
    {
        get
        {
            string names = "";
            foreach (DeviceTemplate template in _templates) names += names.Length == 0 ? template.Name : ", " + template.Name;
            return names.Length == 0 ? "none" : names;
        }
    }

    /// <summary>The template of a name, or null.</summary>
    public DeviceTemplate? Template(string name)
    {
        foreach (DeviceTemplate template in _templates)
        {
            if (template.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) return template;
        }
        return null;
    }

    /// <summary>True for the name of the special request.</summary>
    public static bool IsFullAccess(string name) => name.Equals(FullAccess, StringComparison.OrdinalIgnoreCase);

    private static bool IsHttp(string name) => name.Equals(Http, StringComparison.OrdinalIgnoreCase);
}
