using System.Collections.Generic;
using System.Text;
using Dwirm.Daemon.Config;
using Dwirm.Policy;

namespace Dwirm.Daemon.Tests.Config;

/// <summary>Expected values were read off libuci's own <c>uci</c> (66127cd, <c>uci -c DIR show PACKAGE</c>).</summary>
public class UciParserTests
{
    private static UciPackage Read(string text)
    {
        var faults = new List<ConfigFault>();
        UciPackage? package = UciPackage.Parse("test", Encoding.UTF8.GetBytes(text), faults);
        Assert.Empty(faults);
        return package!;
    }

    private static ConfigFault Fails(string text)
    {
        var faults = new List<ConfigFault>();
        Assert.Null(UciPackage.Parse("test", Encoding.UTF8.GetBytes(text), faults));
        return Assert.Single(faults);
    }

    private static string? Value(string words)
    {
        return Read($"config t 's'\n\toption x {words}\n").Find("s")!.Get("x");
    }

    [Fact]
    public void An_ordinary_file()
    {
        UciPackage package = Read("""
            package dhcp

            config dnsmasq
            	option domainneeded '1'	# a comment
            	option domain "lan"

            # another
            config dhcp 'lan'
            	option interface lan
            	list dhcp_option '6,192.168.1.2'
            	list dhcp_option '3'
            """);
        Assert.Equal(2, package.Sections.Count);
        UciSection dnsmasq = package.Sections[0];
        Assert.True(dnsmasq.Anonymous);
        Assert.Equal("cfg01411c", dnsmasq.Name);
        Assert.Equal("1", dnsmasq.Get("domainneeded"));
        Assert.Equal("lan", dnsmasq.Get("domain"));
        Assert.Null(dnsmasq.Get("local"));
        UciSection lan = package.Sections[1];
        Assert.Equal(("dhcp", "lan", false, 8), (lan.Type, lan.Name, lan.Anonymous, lan.Line));
        Assert.Equal(["6,192.168.1.2", "3"], lan.List("dhcp_option"));
        Assert.Equal(10, lan.LineOf("dhcp_option"));
        Assert.Equal(8, lan.LineOf("absent"));
        Assert.Empty(lan.List("absent"));
    }

    [Theory]
    [InlineData("bare", "bare")]
    [InlineData("'a b'", "a b")]
    [InlineData("\"a b\"", "a b")]
    [InlineData("'a'\"b\"c\\ d", "abc d")]
    [InlineData("\"say \\\"n\\n\\\"\"", "say \"nn\"")]
    [InlineData("'back\\slash'", "back\\slash")]
    [InlineData("'it'\\''s'", "it's")]
    [InlineData("'two\nlines'", "two\nlines")]
    [InlineData("\"two\nlines\"", "two\nlines")]
    [InlineData("\"joi\\\nned\"", "joined")]
    [InlineData("joi\\\nned", "joined")]
    [InlineData("joi\\\r\nned", "joined")]
    [InlineData("word# not this", "word")]
    [InlineData("'#' # not this", "#")]
    [InlineData("a;b c d", "a")]
    [InlineData("'é'", "é")]
    [InlineData("bare\r", "bare")]
    [InlineData("''", null)]
    [InlineData("", null)]
    public void Words(string words, string? expected) => Assert.Equal(expected, Value(words));

    [Fact]
    public void A_semicolon_by_itself_starts_another_command_and_a_glued_one_drops_the_line()
    {
        UciSection section = Read("config foo 'a'\n option y b; option z c\n option q b ; option r c\n option s 'd' ; option t 'e';option u f\n").Find("a")!;
        Assert.Equal("b", section.Get("y"));
        Assert.Null(section.Get("z"));
        Assert.Equal("b", section.Get("q"));
        Assert.Equal("c", section.Get("r"));
        Assert.Equal("d", section.Get("s"));
        Assert.Equal("e", section.Get("t"));
        Assert.Equal("f", section.Get("u"));
    }

    [Fact]
    public void Repeating_an_option_replaces_a_list_after_it_grows_and_an_option_after_a_list_stands_alone()
    {
        UciSection section = Read("config foo 'a'\n option x 1\n option x 2\n option y 1\n list y 2\n list z 1\n list z 2\n option z 3\n option w 1\n option w ''\n").Find("a")!;
        Assert.Equal(["2"], section.List("x"));
        Assert.Equal(["1", "2"], section.List("y"));
        Assert.True(section.Find("y")!.IsList);
        Assert.Equal(["3"], section.List("z"));
        Assert.False(section.Find("z")!.IsList);
        Assert.Equal("1", section.Get("w"));
    }

    [Fact]
    public void Same_type_and_name_merge_and_anonymous_names_count_every_section()
    {
        UciPackage package = Read("config foo 'a'\n option x 1\nconfig foo\nconfig foo\n option n 1\nconfig bar\nconfig foo 'a'\n option y 2\n");
        Assert.Equal(4, package.Sections.Count);
        Assert.Equal("2", package.Find("a")!.Get("y"));
        Assert.Equal("1", package.Find("a")!.Get("x"));
        Assert.Equal("1", package.Find("cfg037389")!.Get("n"));
        Assert.NotNull(package.Find("cfg027389"));
        Assert.NotNull(package.Find("cfg0460ba"));
    }

    [Fact]
    public void Short_commands_are_known() => Assert.Equal("1", Read("c foo a\no x 1\nl y 2\n").Find("a")!.Get("x"));

    [Fact]
    public void An_empty_file_is_an_empty_package() => Assert.Empty(Read("").Sections);

    [Theory]
    [InlineData("option x 1\n", 1, "before the first section")]
    [InlineData("config foo 'a'\n\toption x 1 2\n", 2, "'2' is one word too many")]
    [InlineData("config foo 'a' b\n", 1, "one word too many")]
    [InlineData("config foo 'a-b'\n", 1, "'a-b' may hold letters")]
    [InlineData("config foo a\n\n option x-y 1\n", 3, "'x-y' may hold letters")]
    [InlineData("config 'f o'\n", 1, "section type")]
    [InlineData("config foo a\nconfig bar a\n", 2, "'foo' in line 1")]
    [InlineData("config foo a\n option x 'never\n closed\n", 2, "never closed")]
    [InlineData("config foo a\n option x \"never\\", 2, "never closed")]
    [InlineData("config foo a\n optoin x 1\n", 2, "'optoin' is no command")]
    [InlineData("config foo a\n option 'x' 'a\nb'\n option\n", 4, "'option' is no command")]
    [InlineData("config", 1, "section type")]
    [InlineData("config foo a\noption ", 2, "needs a name")]
    [InlineData("package 'a/b'\n", 1, "package name")]
    [InlineData("config foo a\n option x a\0b\n", 2, "zero byte")]
    public void A_fault_fails_the_whole_file_and_says_where(string text, int line, string part)
    {
        ConfigFault fault = Fails(text);
        Assert.Equal("test", fault.File);
        Assert.Equal(line, fault.Line);
        Assert.Contains(part, fault.Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void Text_in_a_message_is_printable_and_short()
    {
        ConfigFault fault = Fails("config foo a\n option x '1' '\u001b[31m" + new string('z', 500) + "'\n");
        Assert.DoesNotContain('\u001b', fault.Message);
        Assert.True(fault.Message.Length < 150);
    }

    [Fact]
    public void A_file_that_cannot_be_one_of_a_router_is_refused()
    {
        var faults = new List<ConfigFault>();
        Assert.Null(UciPackage.Parse("test", new byte[UciPackage.MaxFileSize + 1], faults));
        Assert.Contains("larger", Assert.Single(faults).Message, System.StringComparison.Ordinal);
    }
}
