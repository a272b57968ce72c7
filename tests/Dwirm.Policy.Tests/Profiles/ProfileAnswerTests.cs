using System.Collections.Generic;
using System.Text;
using Dwirm.Policy.Profiles;
using static Dwirm.Policy.Tests.Profiles.ProfileVectors;

namespace Dwirm.Policy.Tests.Profiles;

public class ProfileAnswerTests
{
    [Fact]
    [Trait("Requirement", "DWIRM-22")]
    public void The_sample_is_answered_with_only_the_forward_blank()
    {
        IotProfile profile = Parse(CommaFirst);
        List<AnswerService> services = GrantAll(profile);
        services[0] = services[0] with { PortFwd = "" };
        Assert.Equal(Answered, ProfileAnswer.AmendedJson(profile, services));
        Assert.Equal(Answered, Encoding.UTF8.GetString(ProfileAnswer.Amended(profile, services)));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-22")]
    public void A_full_grant_echoes_the_minified_request_octet_for_octet()
    {
        IotProfile profile = Parse(CommaFirst);
        Assert.Equal(Canonical, ProfileAnswer.AmendedJson(profile, GrantAll(profile)));
        Assert.Equal(542, ProfileAnswer.Amended(profile, GrantAll(profile)).Length);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-22")]
    public void Changes_keep_the_order_of_the_request()
    {
        IotProfile profile = Parse("""
            {"a":1,"IoT Profile":{"Consume":{"U":{"Rate":"5Mbps","Endpoints":["h.example","g.example"],"x":[1],"Schedule":"All Day"}},"Description":"d","b":{}}}
            """);
        AnswerService service = new() { Direction = ServiceDirection.Consume, Category = "u", Rate = "1Mbps", Schedule = "01:00-05:59L", Endpoints = ["g.example"] };
        Assert.Equal(
            """{"a":1,"IoT Profile":{"Consume":{"U":{"Rate":"1Mbps","Endpoints":["g.example"],"x":[1],"Schedule":"01:00-05:59L"}},"Description":"d","b":{}}}""",
            ProfileAnswer.AmendedJson(profile, [service]));
        Assert.Equal(
            """{"IoT Profile":{"Consume":{"U":{"Rate":"1Mbps","Endpoints":["g.example"],"Schedule":"01:00-05:59L"}},"Description":"d"}}""",
            ProfileAnswer.AmendedJson(profile, [service], echoUnknown: false));
    }

    [Theory]
    [Trait("Requirement", "DWIRM-22")]
    [InlineData(true)]
    [InlineData(false)]
    public void A_refused_category_is_blank_and_so_is_one_nobody_decided(bool decided)
    {
        IotProfile profile = Parse("""{"IoT Profile":{"Provide":{"A":{"Ports":"80","Rate":"Line","x":1},"B":{}},"Consume":{"A":{"Endpoints":["h.example"]},"C":{"x":1},"D":{}}}}""");
        List<AnswerService> services = GrantAll(profile);
        for (int i = 0; i < 4; i++) services[i] = services[i] with { Refused = true };
        if (!decided) services.RemoveRange(0, 4);
        Assert.Equal(
            """{"IoT Profile":{"Provide":{"A":{"Ports":"","Rate":"","x":1},"B":{"Ports":""}},"Consume":{"A":{"Endpoints":[]},"C":{"x":1,"Endpoints":[]},"D":{}}}}""",
            ProfileAnswer.AmendedJson(profile, services));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-22")]
    public void What_was_faulty_is_never_answered_as_granted()
    {
        IotProfile profile = Parse(Category("""
            "Ports":"80,,81","Rate":true,"Schedule":{"a":1},"Endpoints":["h.example","*"]
            """));
        Assert.Equal(
            Category("""
            "Ports":"","Rate":"","Schedule":"02:00-02:59","Endpoints":["h.example"]
            """.Trim()),
            ProfileAnswer.AmendedJson(profile, [GrantAll(profile)[0] with { Schedule = "02:00-02:59" }]));
        IotProfile wrong = Parse(Category("\"Endpoints\":7"));
        Assert.Equal(Category("\"Endpoints\":[]"), ProfileAnswer.AmendedJson(wrong, GrantAll(wrong)));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-05")]
    public void Defaults_may_be_told_behind_what_was_asked()
    {
        IotProfile profile = Parse(Category("\"Ports\":\"80\",\"x\":1"));
        AnswerService service = GrantAll(profile)[0] with { Rate = "1Mbps", PortFwd = "", Schedule = "All Day", Endpoints = ["h.example"] };
        Assert.Equal(
            Category("\"Ports\":\"80\",\"x\":1,\"PortFwd\":\"\",\"Rate\":\"1Mbps\",\"Schedule\":\"All Day\",\"Endpoints\":[\"h.example\"]"),
            ProfileAnswer.AmendedJson(profile, [service]));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-22")]
    public void Escapes_of_the_device_come_back_as_they_were()
    {
        string text = Category("\"Hints\":\"\\u0048TTP\",\"Endpoints\":[\"https:\\/\\/h.example\\/\"]");
        IotProfile profile = Parse(text);
        Assert.Equal("h.example", profile.Categories[0].Endpoints![0].Name!.Host);
        Assert.Equal(text, ProfileAnswer.AmendedJson(profile, GrantAll(profile)));
        Assert.Equal(text, ProfileAnswer.AmendedJson(profile, [GrantAll(profile)[0] with { Hints = "HTTP", Endpoints = ["https://h.example/"] }]));
    }

    [Theory]
    [Trait("Requirement", "DWIRM-06")]
    [InlineData("Example Brand Security Camera", false, """{"IoT Profile":{"Description":"Example Brand Security Camera","Status":"Deny"}}""")]
    [InlineData("a\"b\\c\n\u009b", true, """{"IoT Profile":{"Description":"a\"b\\c\u000a\u009b","Status":"Accept"}}""")]
    [InlineData(null, true, """{"IoT Profile":{"Status":"Accept"}}""")]
    public void The_blanket_answer_has_one_form(string? description, bool accept, string expected)
    {
        byte[] answer = ProfileAnswer.Status(description, accept);
        Assert.Equal(expected, Encoding.UTF8.GetString(answer));
        Assert.True(IotProfile.TryParseAnswer(answer, out IotProfile? parsed, out _));
        Assert.Equal(accept ? AnswerStatus.Accept : AnswerStatus.Deny, parsed!.Status);
        Assert.Equal(description is null ? null : PlainText.Clean(description), parsed.Description);
    }
}
