using System.Collections.Generic;
using System.IO;
using System.Text;
using Dwirm.Daemon.Config;
using Dwirm.Policy;
using Dwirm.Policy.Rules;

namespace Dwirm.Daemon.Tests.Config;

public class CategoriesYamlTests
{
    private const string Complete =
        """
        version: 1
        categories:
          - name: Radio
            description: Sound
            defaults: { ports: "8000-8010", fixedPorts: true, rate: 128Kbps, schedule: All Day, hints: "HTTP, RTP", endpoints: [radio.example] }
          - name: Bare
        """;

    [Fact]
    public void Every_key_is_read()
    {
        CategoryRegistry registry = Good(Complete);
        CategoryDefinition radio = registry.Find("RADIO")!;
        Assert.Equal(("Radio", "Sound", "8000-8010", true), (radio.Name, radio.Description, radio.Ports!.ToString(), radio.FixedPorts));
        Assert.Equal("128Kbps", radio.Rate!.Value.ToString());
        Assert.True(radio.Schedule!.IsAllDay);
        Assert.Equal(["HTTP", "RTP"], radio.Hints!.Names);
        Assert.Equal("radio.example", Assert.Single(radio.Endpoints!).Host);
        CategoryDefinition bare = registry.Find("bare")!;
        Assert.Equal(new CategoryDefinition { Name = "Bare" }, bare);
        Assert.Null(registry.Find("Telepathy"));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-16")]
    public void The_baseline_rows_are_there_even_without_a_file()
    {
        CategoryRegistry registry = Good("version: 1");
        Assert.Equal(2, registry.Count);
        Assert.Equal("80,443", registry.Find("http")!.Ports!.ToString());
        Assert.NotNull(registry.Find("full access"));
    }

    [Theory]
    [InlineData(3, "name: Radio", "nmae: Radio", "a category needs a name")]
    [InlineData(3, "name: Radio", "name: \"Ra\\u200bdio\"", "characters that cannot be seen")]
    [InlineData(5, "rate: 128Kbps", "rate: loud", "rate must be a rate such as")]
    [InlineData(5, "ports: \"8000-8010\", ", "", "fixedPorts needs ports")]
    [InlineData(5, "fixedPorts: true", "fixedPorts: 1", "fixedPorts must be true or false, not '1'")]
    [InlineData(5, "rate: 128Kbps", "portFwd: 80:80", "unknown key 'portFwd' in defaults")]
    [InlineData(5, "defaults: {", "default: {", "unknown key 'default' in a category; known here are name, description, defaults")]
    [InlineData(5, "name: Radio", "name: http", "HTTP always has ports \"80,443\"")]
    [InlineData(5, "name: Radio", "name: Full Access", "Full Access has no options")]
    [InlineData(6, "name: Bare", "name: radio", "the category 'radio' stands on line 3 already")]
    [InlineData(6, "- name: Bare", "- Bare", "a category must be keys and values, not 'Bare'")]
    [InlineData(2, "categories:", "category:", "unknown key 'category' in a registry")]
    public void A_fault_names_its_line_and_its_cure(int line, string from, string to, string message)
    {
        Assert.Contains(from, Complete);
        var faults = new List<ConfigFault>();
        Assert.Null(CategoriesYaml.Parse("c.yaml", Encoding.UTF8.GetBytes(Complete.Replace(from, to)), faults));
        Assert.Equal(line, Assert.Single(faults, fault => fault.Message.Contains(message)).Line);
    }

    [Fact]
    public void The_sites_own_files_add_and_replace_in_the_order_of_their_names()
    {
        string top = Directory.CreateTempSubdirectory("dwirm-categories-").FullName;
        try
        {
            string shipped = Path.Combine(top, "categories.yaml"), own = Path.Combine(top, "categories.d");
            File.WriteAllText(shipped, Complete);
            Assert.Equal(4, Read(shipped, own)!.Count);
            Directory.CreateDirectory(own);
            File.WriteAllText(Path.Combine(own, "20.yaml"), "version: 1\ncategories: [ { name: radio, defaults: { ports: \"2\" } } ]");
            File.WriteAllText(Path.Combine(own, "10.yaml"), "version: 1\ncategories: [ { name: radio, defaults: { ports: \"1\" } }, { name: Mine } ]");
            File.WriteAllText(Path.Combine(own, "30.yaml.bak"), "not read");
            CategoryRegistry registry = Read(shipped, own)!;
            Assert.Equal(5, registry.Count);
            Assert.Equal("2", registry.Find("Radio")!.Ports!.ToString());
            File.WriteAllText(Path.Combine(own, "30.yaml"), "version: 1\nx: y");
            var faults = new List<ConfigFault>();
            Assert.Null(CategoriesYaml.Read(shipped, own, faults));
            Assert.Equal((Path.Combine(own, "30.yaml"), 2), (Assert.Single(faults).File, faults[0].Line));
        }
        finally
        {
            Directory.Delete(top, recursive: true);
        }

        static CategoryRegistry? Read(string shipped, string own)
        {
            var faults = new List<ConfigFault>();
            CategoryRegistry? registry = CategoriesYaml.Read(shipped, own, faults);
            Assert.Empty(faults);
            return registry;
        }
    }

    private static CategoryRegistry Good(string yaml)
    {
        var faults = new List<ConfigFault>();
        CategoryRegistry? registry = CategoriesYaml.Parse("c.yaml", Encoding.UTF8.GetBytes(yaml), faults);
        Assert.Empty(faults);
        return registry!;
    }
}
