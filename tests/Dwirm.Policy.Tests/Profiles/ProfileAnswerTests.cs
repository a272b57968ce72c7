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
}
