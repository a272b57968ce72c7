using System;
using System.Collections.Generic;
using System.Text;
using Dwirm.Policy.Profiles;

namespace Dwirm.Policy;

/// <summary>Approval of some categories of a request, put as an amendment: a profile that lists what may be granted.</summary>
public static class PartialApproval
{
    /// <summary>The amendment that approves one category.</summary>
    /// <param name="asked">The request.</param>
    /// <param name="decisions">What is decided of each category without the owner's word, in the request's order.</param>
    /// <param name="category">Name of the category, in either direction; case does not count.</param>
    /// <param name="narrowing">How the owner narrows it, or null.</param>
    /// <param name="earlier">What was approved before in this way, or null; it stays approved as it was.</param>
    /// <returns>Null when the request has no such category.</returns>
    public static string? Amendment(
        IotProfile asked, IReadOnlyList<ServiceDecision> decisions, string category, IotProfile? narrowing, IotProfile? earlier)
    {
        bool found = false;
        var json = new StringBuilder("{\"IoT Profile\":{");
        foreach (ServiceDirection direction in (ReadOnlySpan<ServiceDirection>)[ServiceDirection.Provide, ServiceDirection.Consume])
        {
            if (direction == ServiceDirection.Consume) json.Append(',');
            json.Append(direction == ServiceDirection.Provide ? "\"Provide\":{" : "\"Consume\":{");
            bool first = true;
            for (int i = 0; i < asked.Categories.Count; i++)
            {
                CategoryRequest one = asked.Categories[i];
                if (one.Direction != direction) continue;
                bool chosen = one.Name.Equals(category, StringComparison.OrdinalIgnoreCase);
                found |= chosen;
                string? options = chosen ? OptionsOf(narrowing, direction, one.Name) ?? "" : OptionsOf(earlier, direction, one.Name) ?? WithoutAsking(one, decisions[i]);
                if (options is null) continue;
                if (!first) json.Append(',');
                first = false;
                JsonText.AppendQuoted(json, one.Name);
                json.Append(":{").Append(options).Append('}');
            }
            json.Append('}');
        }
        return found ? json.Append("}}").ToString() : null;
    }

    // What policy grants by itself goes on, without what of it only the owner could have given; null for a category that waits or is refused.
    private static string? WithoutAsking(CategoryRequest request, ServiceDecision decision)
    {
        if (decision.Asked || decision.Decision == ServiceOutcome.Denied) return null;
        var json = new StringBuilder();
        if (request.PortFwd is not null) json.Append("\"PortFwd\":\"\"");
        if (request.Endpoints is not { Count: > 0 } endpoints || request.Direction == ServiceDirection.Provide) return json.ToString();
        if (json.Length > 0) json.Append(',');
        json.Append("\"Endpoints\":[");
        bool first = true;
        foreach (EndpointRequest endpoint in endpoints)
        {
            if (endpoint.Name is not { IsSpecialLiteral: false }) continue;
            if (!first) json.Append(',');
            first = false;
            JsonText.AppendQuoted(json, endpoint.Text);
        }
        return json.Append(']').ToString();
    }

    private static string? OptionsOf(IotProfile? profile, ServiceDirection direction, string category)
    {
        if (profile?.Find(direction, category) is not { } found) return null;
        var json = new StringBuilder();
        foreach (ProfileMember member in profile.Members)
        {
            if (member.Kind != MemberKind.Option || profile.Categories[member.Category] != found) continue;
            if (json.Length > 0) json.Append(',');
            json.Append(profile.CanonicalJson, member.Start, member.End - member.Start);
        }
        return json.ToString();
    }
}
