using System;
using System.Collections.Generic;
using Dwirm.Policy.Profiles;
using Dwirm.Policy.Rules;

namespace Dwirm.Policy.Terms;

/// <summary>Decides on PortFwd (DWIRM-09): whole or blank, never automatic unless a rule says so.</summary>
internal sealed class ForwardReview(NegotiationInput input, PortSet reserved)
{
    private readonly List<GrantedForward> _taken = [];

    /// <summary>Settles the forward of a category whose ports are settled.</summary>
    internal void Decide(CategoryReview review, ForwardPolicy policy, PortSet? allowed, string by)
    {
        if (review.Terms.Forward is not { } asked || review.Refused) return;
        List<GrantedForward> wanted = Split(asked, review.Terms);
        string? obstacle = Obstacle(review, asked, policy, allowed, by) ?? Collision(wanted);
        if (obstacle is null && policy == ForwardPolicy.Ask && input.Verdict != OwnerVerdict.Approve)
        {
            review.ForwardAsked = true;
            obstacle = "the owner has not approved it";
        }
        if (obstacle is not null)
        {
            review.SetForward(null, $"PortFwd {asked} was not granted: {obstacle}");
            return;
        }
        _taken.AddRange(wanted);
        review.Forwards = wanted;
    }

    private string? Obstacle(CategoryReview review, PortForward asked, ForwardPolicy policy, PortSet? allowed, string by)
    {
        if (!review.Provides) return "a forward has a meaning under Provide only";
        if (policy == ForwardPolicy.None) return $"{by} allows no forward";
        if (!asked.IsInside(review.Terms.Ports)) return $"its internal ports are not all inside Ports {review.Terms.Ports}";
        if (allowed is not null && !asked.External.IsSubsetOf(allowed)) return $"{by} allows outside ports {allowed} only";
        return asked.External.Overlaps(reserved) ? $"outside ports {reserved} are reserved" : null;
    }

    private string? Collision(List<GrantedForward> wanted)
    {
        foreach (GrantedForward forward in wanted)
        {
            foreach (GrantedForward other in _taken)
            {
                if ((other.Transports & forward.Transports) == Transports.None) continue;
                if (other.External.Overlaps(forward.External)) return $"outside port {forward.External} is used twice in this profile";
                if (other.Internal.Overlaps(forward.Internal)) return $"port {forward.Internal} is forwarded twice in this profile";
            }
            if (!input.Forwards.IsFree(input.Mac, forward.Transports, forward.External)) return $"outside port {forward.External} is in use already";
        }
        return null;
    }

    // A forward follows the transports of the ports it leads to, so a pair is cut where the transports of Ports change.
    private static List<GrantedForward> Split(PortForward asked, ServiceTerms terms)
    {
        var pieces = new List<GrantedForward>();
        for (int pair = 0; pair < asked.Count; pair++)
        {
            (PortRange inside, PortRange outside) = asked.PairAt(pair);
            for (int i = 0; i < terms.Ports.Ranges.Count; i++)
            {
                PortRange own = terms.Ports.Ranges[i];
                int low = Math.Max(own.Low, inside.Low), high = Math.Min(own.High, inside.High);
                if (low > high) continue;
                int shift = outside.Low - inside.Low;
                var external = new PortRange((ushort)(low + shift), (ushort)(high + shift));
                pieces.Add(new GrantedForward(new PortRange((ushort)low, (ushort)high), external, terms.TransportsOf(i)));
            }
        }
        return pieces;
    }
}
