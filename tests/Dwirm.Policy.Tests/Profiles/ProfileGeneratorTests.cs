using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using Dwirm.Policy.Profiles;
using static Dwirm.Policy.Tests.Profiles.ProfileVectors;

namespace Dwirm.Policy.Tests.Profiles;

/// <summary>Documents put together at random from right, lenient and wrong parts: what is accepted has to come back the same.</summary>
public class ProfileGeneratorTests
{
    private static readonly string[] Keys = ["Ports", "ports:", "PortFwd", "Rate", " Rate ", "Schedule", "Hints", "Endpoints", "ENDPOINTS", "x", "y:", "\\u0052ate", "Day\u009b"];
    private static readonly string[] Values =
    [
        "\"\"", "\"80\"", "\"1-2,5\"", "\"1-2,5:10-11,20\"", "\"1-2:10\"", "80", "-1", "1.5e3", "null", "true", "[]", "[80,\"443\"]", "[[1]]", "{}", "{\"a\":1}",
        "\"2Mbps\"", "\"line\"", "\"0\"", "\"All Day\"", "\"22:00-05:59L\"", "\"02:00-03:00 IST\"", "\"HTTP, SSH\"", "\"\\u0048TTP\\n\"", "\"\u202e\"", "\"h.example\"",
        "[\"https://h.example/x\",\"*\"]", "[\"192.0.2.1:80\",5]", "\"a\\\"\\\\b\"", "\"\U0001f4f7\\ud83d\\udcf7\"", "\"a,,b\"", "\" \"",
    ];

    [Theory]
    [Trait("Requirement", "DWIRM-03")]
    [Trait("Requirement", "DWIRM-22")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_is_accepted_comes_back_the_same(int seed)
    {
        var random = new Random(seed);
        int accepted = 0, clean = 0;
        for (int i = 0; i < 1500; i++)
        {
            string text = Document(random);
            if (!IotProfile.TryParse(Encoding.UTF8.GetBytes(text), out IotProfile? profile, out ProfileFault fault))
            {
                Assert.InRange(fault.Offset, 0, Encoding.UTF8.GetByteCount(text));
                continue;
            }
            accepted++;
            using (JsonDocument.Parse(profile!.CanonicalJson)) Assert.Equal(profile.CanonicalJson, Parse(profile.CanonicalJson).CanonicalJson);
            Assert.Equal(States(profile), States(Parse(profile.CanonicalJson)));
            string granted = ProfileAnswer.AmendedJson(profile, GrantAll(profile));
            Assert.DoesNotContain(OptionState.Faulty, States(Parse(granted)));
            Assert.Equal(granted, Parse(granted).CanonicalJson);
            if (HasFault(profile)) continue;
            clean++;
            Assert.Equal(profile.CanonicalJson, granted);
        }
        Assert.InRange(accepted, 300, 1500);
        Assert.InRange(clean, 50, accepted);
    }

    private static string Document(Random random)
    {
        string provide = random.Next(8) == 0 ? "\"provide:\" " : "\"Provide\":";
        string document = "\"IoT Profile\":{" + provide + Section(random) + ",\"Description\":" + Pick(random, Values) + ",\"Consume\":" + Section(random) + "}";
        return random.Next(8) == 0 ? document : "{" + document + "}";
    }

    private static string Section(Random random)
    {
        IEnumerable<string> categories = Enumerable.Range(0, random.Next(3)).Select(i => $"\"C{i}{(random.Next(9) == 0 ? ":" : "")}\":{Category(random)}");
        return "{" + string.Join(',', categories) + "}";
    }

    private static string Category(Random random)
    {
        List<string> members = Enumerable.Range(0, random.Next(4)).Select(_ => $"\"{Pick(random, Keys)}\":{Pick(random, Values)}").ToList();
        return "{" + string.Join(',', members) + "}";
    }

    private static string Pick(Random random, string[] from) => from[random.Next(from.Length)];

    private static List<OptionState> States(IotProfile profile) =>
        profile.Categories.SelectMany(c => Enum.GetValues<ProfileOption>().Select(c.StateOf)).ToList();

    private static bool HasFault(IotProfile profile) =>
        States(profile).Contains(OptionState.Faulty) || profile.Categories.Any(c => (c.Endpoints ?? []).Any(e => e.Name is null));
}
