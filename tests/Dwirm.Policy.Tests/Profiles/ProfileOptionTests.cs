using System;
using System.Linq;
using System.Text;
using Dwirm.Policy.Profiles;
using static Dwirm.Policy.Tests.Profiles.ProfileVectors;

namespace Dwirm.Policy.Tests.Profiles;

public class ProfileOptionTests
{
    [Theory]
    [Trait("Requirement", "DWIRM-02")]
    [InlineData("\"Ports\":\"0\"", ProfileOption.Ports, OptionFault.PortOutOfBounds)]
    [InlineData("\"Ports\":0", ProfileOption.Ports, OptionFault.PortOutOfBounds)]
    [InlineData("\"Ports\":-5", ProfileOption.Ports, OptionFault.Syntax)]
    [InlineData("\"Ports\":null", ProfileOption.Ports, OptionFault.WrongType)]
    [InlineData("\"Ports\":true", ProfileOption.Ports, OptionFault.WrongType)]
    [InlineData("\"Ports\":{\"a\":[1]}", ProfileOption.Ports, OptionFault.WrongType)]
    [InlineData("\"Ports\":[\"80\",[]]", ProfileOption.Ports, OptionFault.WrongType)]
    [InlineData("\"Ports\":[\"80\",\"\"]", ProfileOption.Ports, OptionFault.EmptyElement)]
    [InlineData("\"PortFwd\":\"1-2:10\"", ProfileOption.PortFwd, OptionFault.PairMismatch)]
    [InlineData("\"Rate\":\"fast\"", ProfileOption.Rate, OptionFault.Syntax)]
    [InlineData("\"Rate\":0", ProfileOption.Rate, OptionFault.RateZero)]
    [InlineData("\"Rate\":1e6", ProfileOption.Rate, OptionFault.Syntax)]
    [InlineData("\"Schedule\":\"02:00-04:59IST\"", ProfileOption.Schedule, OptionFault.AmbiguousZone)]
    [InlineData("\"Schedule\":[\"01:00-01:59\",\"03:00-03:59\"]", ProfileOption.Schedule, OptionFault.Syntax)]
    [InlineData("\"Hints\":false", ProfileOption.Hints, OptionFault.WrongType)]
    [InlineData("\"Endpoints\":5", ProfileOption.Endpoints, OptionFault.WrongType)]
    [InlineData("\"Endpoints\":{}", ProfileOption.Endpoints, OptionFault.WrongType)]
    [InlineData("\"Endpoints\":[\"a.example\",null]", ProfileOption.Endpoints, OptionFault.WrongType)]
    public void A_faulty_option_leaves_the_rest_alone(string member, ProfileOption option, OptionFault expected)
    {
        CategoryRequest category = One(member + ",\"x\":1");
        Assert.Equal(OptionState.Faulty, category.StateOf(option));
        Assert.Equal(expected, category.FaultOf(option));
        Assert.Null(category.Ports);
        Assert.Null(category.PortFwd);
        Assert.Null(category.Rate);
        Assert.Null(category.Schedule);
        Assert.Null(category.Hints);
        Assert.Null(category.Endpoints);
        foreach (ProfileOption other in Enum.GetValues<ProfileOption>().Where(o => o != option))
            Assert.Equal(OptionState.Absent, category.StateOf(other));
    }

    [Theory]
    [Trait("Requirement", "DWIRM-02")]
    [InlineData("\"Ports\":[80,\"443\",\"8000-8010\"]", "\"Ports\":\"80,443,8000-8010\"")]
    [InlineData("\"Rate\":2000000", "\"Rate\":\"2000000\"")]
    [InlineData("\"Hints\":[\"HTTP\",\"SSH\"]", "\"Hints\":\"HTTP,SSH\"")]
    [InlineData("\"Endpoints\":\"a.example\"", "\"Endpoints\":[\"a.example\"]")]
    [InlineData("\"Endpoints\":\"\"", "\"Endpoints\":[]")]
    public void Wrong_types_that_have_one_meaning_are_read(string member, string canonical)
    {
        IotProfile profile = Parse(Category(member));
        Assert.True(profile.Lenient);
        Assert.Equal(Category(canonical), profile.CanonicalJson);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-02")]
    public void Blank_options_ask_for_nothing()
    {
        CategoryRequest category = One("""
            "Ports":"","PortFwd":"","Rate":" ","Schedule":"","Hints":"","Endpoints":[]
            """);
        foreach (ProfileOption option in Enum.GetValues<ProfileOption>())
        {
            Assert.Equal(OptionState.Blank, category.StateOf(option));
            Assert.Equal(OptionFault.None, category.FaultOf(option));
        }
        Assert.True(category.Ports!.IsEmpty);
        Assert.Null(category.PortFwd);
        Assert.Null(category.Rate);
        Assert.Null(category.Schedule);
        Assert.Empty(category.Hints!.Names);
        Assert.Empty(category.Endpoints!);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-14")]
    public void Endpoints_are_judged_one_by_one()
    {
        CategoryRequest category = One("""
            "Endpoints":["https://a.example/","*.example","  ","b.example:1\u001b"]
            """);
        Assert.Equal(OptionState.Valid, category.StateOf(ProfileOption.Endpoints));
        Assert.Equal([OptionFault.None, OptionFault.Wildcard, OptionFault.Syntax, OptionFault.Syntax], category.Endpoints!.Select(e => e.Fault));
        Assert.Equal([true, false, false, false], category.Endpoints!.Select(e => e.Name is not null));
        Assert.Equal("b.example:1", category.Endpoints![3].Text);
    }

    [Theory]
    [Trait("Requirement", "DWIRM-04")]
    [InlineData(8192, true)]
    [InlineData(8193, false)]
    public void Documents_have_8_KiB(int octets, bool accepted)
    {
        string text = Canonical + new string(' ', octets - Canonical.Length);
        if (accepted) Assert.Equal(Canonical, Parse(text).CanonicalJson);
        else Assert.Equal(new ProfileFault(ProfileFaultKind.TooLong, 8192), Fault(text));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-04")]
    public void The_form_that_is_kept_has_8_KiB_too()
    {
        // 2 octets each, 6 when escaped so that a terminal does not obey them.
        string controls = string.Join(',', Enumerable.Range(0, 12).Select(i => $"\"x{i}\":\"{new string('\u009b', 200)}\""));
        Assert.Equal(new ProfileFault(ProfileFaultKind.TooLong, 8192), Fault(Category(controls)));
    }

    [Theory]
    [Trait("Requirement", "DWIRM-04")]
    [InlineData("[[{}]]", false)] // depth 7: document, profile, section, category, and three more
    [InlineData("[[]]", true)]
    [InlineData("{\"a\":{}}", true)]
    [InlineData("{\"a\":{\"b\":[]}}", false)]
    public void Objects_and_arrays_nest_six_deep(string value, bool accepted)
    {
        string text = Category("\"x\":" + value);
        if (accepted) Assert.Equal(text, Parse(text).CanonicalJson);
        else Assert.Equal(ProfileFaultKind.TooDeep, Fault(text).Kind);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-04")]
    public void A_flood_of_brackets_is_too_deep() =>
        Assert.Equal(new ProfileFault(ProfileFaultKind.TooDeep, 6), Fault(new string('[', 8192)));

    [Theory]
    [Trait("Requirement", "DWIRM-04")]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void Profiles_have_32_categories_in_both_sections(int count, bool accepted)
    {
        string provide = string.Join(',', Enumerable.Range(0, 20).Select(i => $"\"P{i}\":{{}}"));
        string consume = string.Join(',', Enumerable.Range(0, count - 20).Select(i => $"\"C{i}\":{{}}"));
        string text = "{\"IoT Profile\":{\"Provide\":{" + provide + "},\"Consume\":{" + consume + "}}}";
        if (accepted) Assert.Equal(count, Parse(text).Categories.Count);
        else Assert.Equal(ProfileFaultKind.TooManyCategories, Fault(text).Kind);
    }

    [Theory]
    [Trait("Requirement", "DWIRM-04")]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Categories_have_64_endpoints(int count, bool accepted)
    {
        string text = Category("\"Endpoints\":[" + string.Join(',', Enumerable.Range(0, count).Select(i => $"\"h{i}.example\"")) + "]");
        if (accepted) Assert.Equal(count, Parse(text).Categories[0].Endpoints!.Count);
        else Assert.Equal(ProfileFaultKind.TooManyEndpoints, Fault(text).Kind);
    }

    [Theory]
    [Trait("Requirement", "DWIRM-04")]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Lists_have_64_ranges(int count, bool accepted)
    {
        string list = string.Join(',', Enumerable.Range(0, count).Select(i => 2 * i + 1));
        foreach (string member in (string[])[$"\"Ports\":\"{list}\"", $"\"Ports\":[{list}]", $"\"PortFwd\":\"9:{list}\""])
        {
            if (accepted) Assert.NotEqual(OptionFault.TooManyRanges, One(member).FaultOf(ProfileOption.Ports));
            else Assert.Equal(ProfileFaultKind.TooManyRanges, Fault(Category(member)).Kind);
        }
        if (accepted) Assert.Equal(count, One($"\"Ports\":\"{list}\"").Ports!.Ranges.Count);
    }

    [Theory]
    [Trait("Requirement", "DWIRM-04")]
    [InlineData("a", 1, 512)]
    [InlineData("\u00e4", 2, 256)]
    [InlineData("\\u00e4", 2, 256)]
    [InlineData("\\u20ac", 3, 170)]
    [InlineData("\\ud83d\\udcf7", 4, 128)]
    [InlineData("\\n", 1, 512)]
    public void Strings_have_512_octets_as_they_are_meant(string character, int octets, int count)
    {
        string longest = string.Concat(Enumerable.Repeat(character, count)) + new string('a', 512 - octets * count);
        foreach (string form in (string[])["\"x\":\"@\"", "\"k@\":1", "\"Hints\":\"@\"", "\"Endpoints\":[\"@\"]"])
        {
            string fits = form.Replace("k@", "k" + longest[..^1]);
            if (character.Length == 1 || !form.Contains("k@")) Assert.Single(Parse(Category(fits.Replace("@", longest))).Categories);
            Assert.Equal(ProfileFaultKind.StringTooLong, Fault(Category(form.Replace("@", longest + "a"))).Kind);
        }
    }

    [Fact]
    [Trait("Requirement", "DWIRM-04")]
    public void Arrays_join_to_what_a_string_may_be()
    {
        string element = "\"" + new string('A', 255) + "\"";
        Assert.Equal(511, One($"\"Hints\":[{element},{element}]").TextOf(ProfileOption.Hints)!.Length);
        CategoryRequest category = One($"\"Hints\":[{element},{element},\"B\"]");
        Assert.Equal(OptionFault.TooLong, category.FaultOf(ProfileOption.Hints));
        Assert.Null(category.TextOf(ProfileOption.Hints));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-04")]
    public void The_site_sets_the_limits_and_the_zones()
    {
        var strict = new ProfileGrammar
        {
            MaxOctets = 600,
            MaxDepth = 5,
            MaxCategories = 3,
            MaxEndpoints = 3,
            MaxRanges = 3,
            MaxStringOctets = 60,
            Zones = ZoneTable.Default.With("IST", 330),
        };
        Assert.True(IotProfile.TryParse(Encoding.UTF8.GetBytes(Canonical), strict, out _, out _));
        foreach (ProfileGrammar stricter in (ProfileGrammar[])[strict with { MaxOctets = 541 }, strict with { MaxDepth = 4 }, strict with { MaxCategories = 2 },
            strict with { MaxEndpoints = 2 }, strict with { MaxRanges = 2 }, strict with { MaxStringOctets = 40 }])
            Assert.False(IotProfile.TryParse(Encoding.UTF8.GetBytes(Canonical), stricter, out _, out _));
        Assert.True(IotProfile.TryParse(Encoding.UTF8.GetBytes(Category("\"Schedule\":\"10:00-11:00IST\"")), strict, out IotProfile? profile, out _));
        Assert.Equal(330, profile!.Categories[0].Schedule!.OffsetMinutes);
    }

    [Fact]
    public void Every_fault_has_a_text_of_its_own()
    {
        string[] texts = Enum.GetValues<OptionFault>().Select(f => f.Describe()).ToArray();
        Assert.Equal(texts.Length, texts.Distinct().Count());
        Assert.DoesNotContain("unknown fault", texts);
        string[] kinds = Enum.GetValues<ProfileFaultKind>().Select(k => new ProfileFault(k, 7).Describe()).ToArray();
        Assert.Equal(kinds.Length, kinds.Distinct().Count());
        Assert.All(kinds, text => Assert.DoesNotContain("unknown fault", text));
    }
}
