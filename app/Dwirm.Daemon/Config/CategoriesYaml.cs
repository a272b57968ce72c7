using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Dwirm.Linux;
using Dwirm.Policy;
using Dwirm.Policy.Profiles;
using Dwirm.Policy.Rules;

namespace Dwirm.Daemon.Config;

/// <summary>Reads the category registry: <c>/usr/share/dwirm/categories.yaml</c>, and <c>/etc/dwirm/categories.d/*.yaml</c> on top of it.</summary>
public static class CategoriesYaml
{
    /// <summary>Most categories of one file.</summary>
    public const int MaxCategories = 500;

    private const int MaxFiles = 100;

    /// <summary>Reads the registry from disk; null when there is any fault, and the faults are then in the list.</summary>
    /// <param name="path">The shipped file.</param>
    /// <param name="directory">The site's own files, read in the order of their names; null, or a directory that is not there, for none.</param>
    /// <param name="faults">Grows by each fault.</param>
    public static CategoryRegistry? Read(string path, string? directory, List<ConfigFault> faults)
    {
        int before = faults.Count;
        var rows = new List<CategoryDefinition>();
        var templates = new List<DeviceTemplate>();
        Add(YamlFile.Read(path, faults), path, rows, templates, faults);
        foreach (string file in FilesIn(directory, faults)) Add(YamlFile.Read(file, faults), file, rows, templates, faults);
        return faults.Count == before ? new CategoryRegistry(rows, templates) : null;
    }

    /// <summary>Reads one registry file that is in memory; <paramref name="file"/> names it in faults.</summary>
    public static CategoryRegistry? Parse(string file, ReadOnlySpan<byte> utf8, List<ConfigFault> faults)
    {
        int before = faults.Count;
        var rows = new List<CategoryDefinition>();
        var templates = new List<DeviceTemplate>();
        Add(YamlFile.Parse(file, utf8, faults), file, rows, templates, faults);
        return faults.Count == before ? new CategoryRegistry(rows, templates) : null;
    }

    private static List<string> FilesIn(string? directory, List<ConfigFault> faults)
    {
        var files = new List<string>();
        if (directory is null || !Directory.Exists(directory)) return files;
        try
        {
            files.AddRange(Directory.GetFiles(directory, "*.yaml"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            faults.Add(new ConfigFault(directory, 0, $"cannot be read: {Errno.Describe(error)}"));
        }
        files.Sort(StringComparer.Ordinal);
        if (files.Count <= MaxFiles) return files;
        faults.Add(new ConfigFault(directory, 0, $"holds more than {MaxFiles} files; join some"));
        return [];
    }

    private static void Add(YamlNode? root, string file, List<CategoryDefinition> rows, List<DeviceTemplate> templates, List<ConfigFault> faults)
    {
        if (root is null || YamlSection.Open(file, root, "a registry", faults) is not { } top) return;
        top.Version(1);
        IReadOnlyList<YamlNode> nodes = top.Sections("categories", "- name: …");
        IReadOnlyList<YamlNode> templateNodes = top.Sections("templates", "- name: …");
        top.Finish();
        if (templateNodes.Count > MaxCategories) top.Fault(templateNodes[MaxCategories].Line, $"there are more than {MaxCategories} templates; split the file");
        foreach (YamlNode node in templateNodes)
        {
            if (templates.Count < MaxCategories && Template(file, node, faults) is { } template) templates.Add(template);
        }
        if (nodes.Count > MaxCategories) top.Fault(nodes[MaxCategories].Line, $"there are more than {MaxCategories} categories; split the file");
        var lines = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (int i = 0; i < Math.Min(nodes.Count, MaxCategories); i++)
        {
            if (YamlSection.Open(file, nodes[i], "a category", faults) is not { } section) continue;
            CategoryDefinition? row = Row(section);
            if (row is null) continue;
            if (lines.TryGetValue(row.Name, out int line)) section.Fault(section.Line, $"the category '{row.Name}' stands on line {line} already; keep one");
            else lines.Add(row.Name, section.Line);
            rows.Add(row);
        }
    }

    // A template is held to what a device is held to, and may not have a fault at all: it is the site's own.
    private static DeviceTemplate? Template(string file, YamlNode node, List<ConfigFault> faults)
    {
        if (YamlSection.Open(file, node, "a template", faults) is not { } section) return null;
        string? name = section.Text("name", "camera");
        if (name is null && !section.Has("name")) section.Fault(section.Line, "a template needs a name");
        string description = section.Text("description", "'a camera that streams at home'") ?? "";
        string? json = section.Text("profile", "{\"IoT Profile\":{…}} as a block of text: profile: |");
        if (json is null && !section.Has("profile")) section.Fault(section.Line, "a template needs a profile");
        section.Finish();
        if (name is null || json is null) return null;
        if (!IotProfile.TryParse(Encoding.UTF8.GetBytes(json), out IotProfile? profile, out ProfileFault fault))
        {
            section.Fault(section.Node("profile")!.Line, $"the profile of template '{name}' is not understood: {fault.Describe()}");
            return null;
        }
        foreach (CategoryRequest category in profile.Categories)
        {
            if (FaultOf(category) is { } wrong) section.Fault(section.Node("profile")!.Line, $"template '{name}', {category.Name}: {wrong}");
        }
        return new DeviceTemplate(name, description, profile.CanonicalJson);
    }

    private static string? FaultOf(CategoryRequest category)
    {
        for (ProfileOption option = ProfileOption.Ports; option <= ProfileOption.Endpoints; option++)
        {
            if (category.StateOf(option) == OptionState.Faulty) return $"{option.Key()}: {category.FaultOf(option).Describe()}";
        }
        foreach (EndpointRequest endpoint in category.Endpoints ?? [])
        {
            if (endpoint.Name is null) return $"endpoint '{endpoint.Text}': {endpoint.Fault.Describe()}";
        }
        return null;
    }

    private static CategoryDefinition? Row(YamlSection section)
    {
        string? name = section.Text("name", "'Video Stream'");
        if (name is null && !section.Has("name")) section.Fault(section.Line, "a category needs a name");
        string description = section.Text("description", "'moving pictures'") ?? "";
        YamlSection? defaults = section.Section("defaults", "defaults");
        section.Finish();
        if (name is null) return null;
        if (PlainText.Clean(name) != name) section.Fault(section.Line, "the name has characters that cannot be seen, or blanks at an end; remove them");
        var row = new CategoryDefinition { Name = name, Description = description };
        return defaults is null ? row : WithDefaults(row, defaults);
    }

    private static CategoryDefinition WithDefaults(CategoryDefinition row, YamlSection defaults)
    {
        PortSet? ports = defaults.Ports("ports");
        bool isHttp = row.Name.Equals(CategoryRegistry.Http, StringComparison.OrdinalIgnoreCase);
        if (isHttp && ports is not null && !ports.Equals(CategoryRegistry.BaselineHttp.Ports))
        {
            defaults.Fault(defaults.Node("ports")!.Line, "HTTP always has ports \"80,443\"; give another service a category of its own");
        }
        if (CategoryRegistry.IsFullAccess(row.Name)) defaults.Fault(defaults.Line, "Full Access has no options; remove defaults");
        row = row with
        {
            Ports = ports,
            FixedPorts = defaults.Flag("fixedPorts") ?? false,
            Rate = defaults.Rate("rate"),
            Schedule = defaults.Window("schedule", ZoneTable.Default),
            Hints = defaults.Text("hints", "'HTTP, HTTPS'") is { } hints ? Hints.Parse(hints) : null,
            Endpoints = defaults.Endpoints("endpoints"),
        };
        if (row is { FixedPorts: true, Ports: null }) defaults.Fault(defaults.Line, "fixedPorts needs ports to hold on to");
        defaults.Finish();
        return row;
    }
}
