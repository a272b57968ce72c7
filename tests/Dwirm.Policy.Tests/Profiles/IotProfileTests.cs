using System.Linq;
using System.Text;
using Dwirm.Policy.Profiles;
using static Dwirm.Policy.Tests.Profiles.ProfileVectors;

namespace Dwirm.Policy.Tests.Profiles;

public class IotProfileTests
{
    [Theory]
    [Trait("Requirement", "DWIRM-01")]
    [InlineData("minified", Canonical, false)]
    [InlineData("comma first", CommaFirst, false)]
    [InlineData("byte order mark", "\ufeff" + CommaFirst, true)]
    [InlineData("blank lines around", "\r\n\t " + Canonical + " \n", false)]
    public void Layout_makes_no_difference(string layout, string text, bool lenient)
    {
        IotProfile profile = Parse(text);
        Assert.True(Canonical == profile.CanonicalJson, layout);
        Assert.Equal(lenient, profile.Lenient);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-02")]
    public void The_sample_is_understood_in_full()
    {
        IotProfile profile = Parse(Canonical);
        Assert.Equal("Example Brand Security Camera", profile.Description);
        Assert.Equal(AnswerStatus.None, profile.Status);
        Assert.Equal(["Video Stream", "Management", "Firmware Update"], profile.Categories.Select(c => c.Name));

        CategoryRequest video = profile.Categories[0];
        Assert.Equal(ServiceDirection.Provide, video.Direction);
        Assert.Equal("88-99", video.Ports!.ToString());
        Assert.Equal("88-99:8088-8099", video.PortFwd!.ToString());
        Assert.Equal(2_000_000, video.Rate!.Value.BitsPerSecond);
        Assert.True(video.Schedule!.IsAllDay);
        Assert.Equal(["RTSP"], video.Hints!.Names);
        Assert.Null(video.Endpoints);
        Assert.Equal(OptionState.Absent, video.StateOf(ProfileOption.Endpoints));
        Assert.Equal("2Mbps", video.TextOf(ProfileOption.Rate));

        CategoryRequest management = profile.Categories[1];
        Assert.Equal("80,443,22", management.Ports!.ToString());
        Assert.Equal(15_000, management.Rate!.Value.BitsPerSecond);
        Assert.Equal(OptionState.Absent, management.StateOf(ProfileOption.PortFwd));

        CategoryRequest update = profile.Categories[2];
        Assert.Equal(ServiceDirection.Consume, update.Direction);
        Assert.Equal("02:00-04:59", update.Schedule!.ToString());
        Assert.Equal(["update.example.com:443", "mirror.example-com.example.net:8888", "update.example.com:22"], update.Endpoints!.Select(e => e.Name!.ToString()));
        Assert.Null(update.Ports);
        Assert.Null(update.TextOf(ProfileOption.Ports));

        Assert.Same(update, profile.Find(ServiceDirection.Consume, "firmware update"));
        Assert.Null(profile.Find(ServiceDirection.Provide, "Firmware Update"));
    }

    [Theory]
    [Trait("Requirement", "DWIRM-03")]
    [InlineData("trailing colons", """{"IoT Profile:":{"Provide:":{"Thing:":{"Ports:":"80"}}}}""")]
    [InlineData("blanks in keys", """{" IoT Profile ":{"Provide ":{" Thing":{"\tPorts":"80"}}}}""")]
    [InlineData("several colons", """{"IoT Profile::":{"Provide: :":{"Thing::":{"Ports":"80"}}}}""")]
    [InlineData("blank before the colon", """{"IoT Profile :":{"Provide : ":{"Thing :":{"Ports":"80"}}}}""")]
    [InlineData("other case", """{"iot profile":{"PROVIDE":{"Thing":{"ports":"80"}}}}""")]
    [InlineData("escaped key", """{"IoT\u0020Profile":{"Provide":{"Thing":{"\u0050orts":"80"}}}}""", false)]
    [InlineData("no outer braces", """  "IoT Profile":{"Provide":{"Thing":{"Ports":"80"}}} """)]
    [InlineData("no colon before a brace", """{"IoT Profile"{"Provide" {"Thing"{"Ports":"80"}}}}""")]
    [InlineData("no colon, colon in the key", """{"IoT Profile":{"Provide:" {"Thing:" {"Ports":"80"}}}}""")]
    [InlineData("no braces and no colon", """ "IoT Profile"{"Provide"{"Thing"{"Ports":"80"}}}""")]
    [InlineData("number for a string", """{"IoT Profile":{"Provide":{"Thing":{"Ports":80}}}}""")]
    [InlineData("array for a string", """{"IoT Profile":{"Provide":{"Thing":{"Ports":["80"]}}}}""")]
    [InlineData("array of numbers for a string", """{"IoT Profile":{"Provide":{"Thing":{"Ports":[80]}}}}""")]
    [InlineData("no repair at all", """{"IoT Profile":{"Provide":{"Thing":{"Ports":"80"}}}}""", false)]
    public void Variants_come_out_in_one_spelling(string variant, string text, bool lenient = true)
    {
        IotProfile profile = Parse(text);
        Assert.True(lenient == profile.Lenient, variant);
        CategoryRequest category = Assert.Single(profile.Categories);
        Assert.Equal("Thing", category.Name);
        Assert.Equal("80", category.Ports!.ToString());
        Assert.Equal("""{"IoT Profile":{"Provide":{"Thing":{"Ports":"80"}}}}""", Unescape(profile.CanonicalJson));

        IotProfile again = Parse(profile.CanonicalJson);
        Assert.False(again.Lenient);
        Assert.Equal(profile.CanonicalJson, again.CanonicalJson);
    }

    [Theory]
    [Trait("Requirement", "DWIRM-03")]
    [InlineData("missing only the first brace", """ "IoT Profile":{"Provide":{"A":{}}}}""", ProfileFaultKind.Malformed)]
    [InlineData("missing only the last brace", """{"IoT Profile":{"Provide":{"A":{}}}""", ProfileFaultKind.Truncated)]
    [InlineData("missing an inner brace too", """ "IoT Profile":{"Provide":{"A":{}}""", ProfileFaultKind.Truncated)]
    [InlineData("no colon before a string", """{"IoT Profile":{"Provide":{"A":{"Ports" "80"}}}}""", ProfileFaultKind.Malformed)]
    [InlineData("no colon before an array", """{"IoT Profile":{"Provide":{"A":{"Endpoints" ["a"]}}}}""", ProfileFaultKind.Malformed)]
    [InlineData("comma at the end", """{"IoT Profile":{"Provide":{"A":{"Ports":"80",}}}}""", ProfileFaultKind.Malformed)]
    [InlineData("no comma", """{"IoT Profile":{"Provide":{"A":{"Ports":"80" "Rate":"1"}}}}""", ProfileFaultKind.Malformed)]
    [InlineData("single quotes", """{'IoT Profile':{'Provide':{'A':{}}}}""", ProfileFaultKind.Malformed)]
    [InlineData("comment", """{"IoT Profile":/*x*/{"Provide":{"A":{}}}}""", ProfileFaultKind.Malformed)]
    [InlineData("two documents", """{"IoT Profile":{"Provide":{"A":{}}}}{}""", ProfileFaultKind.Malformed)]
    [InlineData("wrong closing", """{"IoT Profile":{"Provide":{"A":{]}}}""", ProfileFaultKind.Malformed)]
    [InlineData("key without value", """{"IoT Profile"}""", ProfileFaultKind.Malformed)]
    [InlineData("only a key", "\"IoT Profile\"", ProfileFaultKind.Truncated)]
    [InlineData("word", "Camera", ProfileFaultKind.Malformed)]
    [InlineData("word like a literal", """{"IoT Profile":{"x":nul}}""", ProfileFaultKind.Malformed)]
    [InlineData("open string", """{"IoT Prof""", ProfileFaultKind.Truncated)]
    [InlineData("open escape", "{\"IoT Prof\\", ProfileFaultKind.Truncated)]
    [InlineData("line break in a string", "{\"IoT\nProfile\":{}}", ProfileFaultKind.Malformed)]
    [InlineData("unknown escape", """{"IoT\xProfile":{}}""", ProfileFaultKind.Malformed)]
    [InlineData("short escape", """{"IoT\u12":{}}""", ProfileFaultKind.Malformed)]
    [InlineData("lone high surrogate", """{"\ud800":{}}""", ProfileFaultKind.Malformed)]
    [InlineData("lone low surrogate", """{"\udc00":{}}""", ProfileFaultKind.Malformed)]
    [InlineData("high surrogate twice", """{"\ud800\ud800":{}}""", ProfileFaultKind.Malformed)]
    [InlineData("leading zero", """{"x":01}""", ProfileFaultKind.Malformed)]
    [InlineData("bare minus", """{"x":-}""", ProfileFaultKind.Malformed)]
    [InlineData("point without digits", """{"x":1.}""", ProfileFaultKind.Malformed)]
    [InlineData("exponent without digits", """{"x":1e+}""", ProfileFaultKind.Malformed)]
    [InlineData("number run into a word", """{"x":1x}""", ProfileFaultKind.Malformed)]
    [InlineData("literal run into a word", """{"x":truex}""", ProfileFaultKind.Malformed)]
    [InlineData("nothing", "", ProfileFaultKind.Empty)]
    [InlineData("blanks", " \t\r\n", ProfileFaultKind.Empty)]
    [InlineData("byte order mark alone", "\ufeff", ProfileFaultKind.Empty)]
    [InlineData("second byte order mark", "\ufeff\ufeff{}", ProfileFaultKind.Malformed)]
    [InlineData("array", "[]", ProfileFaultKind.NotAnObject)]
    [InlineData("number", "1", ProfileFaultKind.NotAnObject)]
    [InlineData("empty object", "{}", ProfileFaultKind.NoProfile)]
    [InlineData("other key", """{"Profile":{"Provide":{"A":{}}}}""", ProfileFaultKind.NoProfile)]
    [InlineData("profile is no object", """{"IoT Profile":"Camera"}""", ProfileFaultKind.NotAnObject)]
    [InlineData("section is no object", """{"IoT Profile":{"Provide":["A"]}}""", ProfileFaultKind.NotAnObject)]
    [InlineData("category is no object", """{"IoT Profile":{"Provide":{"HTTP":true}}}""", ProfileFaultKind.NotAnObject)]
    [InlineData("category without a name", """{"IoT Profile":{"Provide":{" : ":{}}}}""", ProfileFaultKind.NoCategoryName)]
    [InlineData("no sections", """{"IoT Profile":{"Description":"x"}}""", ProfileFaultKind.NoCategories)]
    [InlineData("empty sections", """{"IoT Profile":{"Provide":{},"Consume":{}}}""", ProfileFaultKind.NoCategories)]
    public void What_cannot_be_read_safely_is_refused(string variant, string text, ProfileFaultKind expected) =>
        Assert.True(expected == Fault(text).Kind, $"{variant}: {Fault(text).Describe()}");

    [Theory]
    [Trait("Requirement", "DWIRM-04")]
    [InlineData("document", """{"IoT Profile":{"Provide":{"A":{}}},"IoT Profile":{"Provide":{"A":{}}}}""")]
    [InlineData("document, other case", """{"IoT Profile":{"Provide":{"A":{}}},"iot profile":{}}""")]
    [InlineData("profile", """{"IoT Profile":{"Provide":{"A":{}},"Provide":{"B":{}}}}""")]
    [InlineData("profile, colon", """{"IoT Profile":{"Provide":{"A":{}},"Provide:":{"B":{}}}}""")]
    [InlineData("profile, Status", """{"IoT Profile":{"Status":"Deny","Status":"Accept","Provide":{"A":{}}}}""")]
    [InlineData("inside Status", """{"IoT Profile":{"Status":{"a":1,"a":2},"Provide":{"A":{}}}}""")]
    [InlineData("category", """{"IoT Profile":{"Provide":{"HTTP":{},"http ":{}}}}""")]
    [InlineData("option", """{"IoT Profile":{"Provide":{"A":{"Ports":"1","Ports":"1"}}}}""")]
    [InlineData("option, escaped", """{"IoT Profile":{"Provide":{"A":{"Ports":"1","\u0070orts":"2"}}}}""")]
    [InlineData("unknown key", """{"IoT Profile":{"Provide":{"A":{}},"x":1,"x":2}}""")]
    [InlineData("inside unknown", """{"IoT Profile":{"Provide":{"A":{}},"x":{"a":1,"\u0061":2}}}""")]
    [InlineData("inside an unknown array", """{"IoT Profile":{"Provide":{"A":{}},"x":[{"a":1},{"a":1,"a":2}]}}""")]
    [InlineData("inside an option of wrong type", """{"IoT Profile":{"Provide":{"A":{"Rate":{"a":1,"a":1}}}}}""")]
    public void Keys_given_twice_refuse_the_document(string where, string text) =>
        Assert.True(ProfileFaultKind.DuplicateKey == Fault(text).Kind, where);

    [Fact]
    [Trait("Requirement", "DWIRM-04")]
    public void Equal_keys_in_different_objects_are_no_duplicates()
    {
        IotProfile profile = Parse("""{"IoT Profile":{"Provide":{"A":{"Ports":"1"},"B":{"Ports":"2"}},"Consume":{"A":{"Ports":"1"}},"x":[{"a":1},{"a":1,"A":2}],"y":{"a":{"a":1}}},"x":0}""");
        Assert.Equal(3, profile.Categories.Count);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-04")]
    public void Octets_that_are_no_text_are_refused_where_they_stand()
    {
        byte[] octets = Encoding.UTF8.GetBytes(Canonical);
        foreach ((byte octet, ProfileFaultKind kind) in ((byte, ProfileFaultKind)[])[(0, ProfileFaultKind.NulCharacter), (0xff, ProfileFaultKind.NotUtf8), (0xc0, ProfileFaultKind.NotUtf8), (0xed, ProfileFaultKind.NotUtf8)])
        {
            byte[] damaged = [.. octets];
            damaged[40] = octet;
            Assert.Equal(new ProfileFault(kind, 40), Fault(damaged));
        }
        Assert.Equal(ProfileFaultKind.NulCharacter, Fault([.. octets, 0]).Kind);
        Assert.Equal(ProfileFaultKind.NulCharacter, Fault(Category("\"x\":\"\\u0000\"")).Kind);
        Assert.Equal(new ProfileFault(ProfileFaultKind.NulCharacter, 1), Fault(Encoding.Unicode.GetBytes(Canonical)));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-06")]
    public void Status_of_a_device_counts_for_nothing()
    {
        foreach (string status in (string[])["\"Accept\"", "\"Deny\"", "{\"a\":[1]}", "null"])
        {
            IotProfile profile = Parse("""{"IoT Profile":{"Status":""" + status + ""","Provide":{"A":{"Ports":"1"}}}}""");
            Assert.Equal(AnswerStatus.None, profile.Status);
            Assert.Equal("""{"IoT Profile":{"Provide":{"A":{"Ports":"1"}}}}""", profile.CanonicalJson);
        }
    }

    [Theory]
    [Trait("Requirement", "DWIRM-06")]
    [InlineData("""{"IoT Profile":{"Description":"Cam","Status":"Deny"}}""", AnswerStatus.Deny)]
    [InlineData("""{"IoT Profile":{"Status":"Accept"}}""", AnswerStatus.Accept)]
    [InlineData(Canonical, AnswerStatus.None)]
    public void Status_of_a_router_counts(string text, AnswerStatus expected)
    {
        Assert.True(IotProfile.TryParseAnswer(Encoding.UTF8.GetBytes(text), out IotProfile? answer, out _));
        Assert.Equal(expected, answer!.Status);
    }

    [Theory]
    [Trait("Requirement", "DWIRM-06")]
    [InlineData("\"accept\"")]
    [InlineData("\"Deny.\"")]
    [InlineData("true")]
    public void Status_of_a_router_is_spelled_exactly(string status)
    {
        byte[] text = Encoding.UTF8.GetBytes("""{"IoT Profile":{"Status":""" + status + "}}");
        Assert.False(IotProfile.TryParseAnswer(text, out _, out ProfileFault fault));
        Assert.Equal(ProfileFaultKind.BadStatus, fault.Kind);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-03")]
    public void What_is_not_known_is_kept_as_it_was_written()
    {
        const string text = """{"vendor:":[1,-2.50e+3,{"a":null}],"IoT Profile":{"Provide":{"A":{"Ports":"1","Weekdays":["Mo","\u00e4"],"x":{}}},"Version":2,"Description":"d"}}""";
        IotProfile profile = Parse(text);
        Assert.Equal(text, profile.CanonicalJson);
        Assert.False(profile.Lenient);
        Assert.Equal("d", profile.Description);
        Assert.Single(profile.Categories);
    }

    [Theory]
    [Trait("Requirement", "DWIRM-30")]
    [InlineData("Ca\\u001b[31mm", "Ca[31mm")]
    [InlineData("Cam\\r\\nX", "CamX")]
    [InlineData("Cam\u009bX", "CamX")]
    [InlineData("\u202eCam", "Cam")]
    [InlineData("Cam\U000e0041", "Cam")]
    [InlineData("\\ud83d\\udcf7", "\U0001f4f7")]
    public void Text_for_people_is_clean_and_the_echo_is_printable(string written, string clean)
    {
        IotProfile profile = Parse("""{"IoT Profile":{"Description":"@","Provide":{"@":{"Hints":"@"}}}}""".Replace("@", written));
        Assert.Equal(clean, profile.Description);
        Assert.Equal(clean, profile.Categories[0].Name);
        Assert.Equal(clean, profile.Categories[0].TextOf(ProfileOption.Hints));
        Assert.Equal(profile.CanonicalJson, PlainText.Clean(profile.CanonicalJson));
        Assert.Equal(profile.CanonicalJson, Parse(profile.CanonicalJson).CanonicalJson);
    }

    [Fact]
    public void Faults_point_into_the_text_the_device_sent()
    {
        string text = "\ufeff\"IoT Profile\" {\"Provide\" {\"A\":{\"x\":1,\"x\":2}}}";
        ProfileFault fault = Fault(text);
        Assert.Equal(ProfileFaultKind.DuplicateKey, fault.Kind);
        Assert.Equal(Encoding.UTF8.GetByteCount(text[..text.LastIndexOf("\"x\"", System.StringComparison.Ordinal)]), fault.Offset);
        Assert.Equal($"octet {fault.Offset}: this key stands twice in its object; each may be given once (upper and lower case are the same)", fault.Describe());
    }

    private static string Unescape(string json) => json.Replace("\\u0020", " ").Replace("\\u0050", "P");
}
