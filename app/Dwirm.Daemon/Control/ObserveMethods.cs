using System.Collections.Generic;
using Dwirm.Control;
using Dwirm.Daemon.Observe;
using Dwirm.Daemon.Service;
using Dwirm.Policy;
using Dwirm.Policy.Suggestions;
using Dwirm.Wire;

namespace Dwirm.Daemon.Control;

/// <summary>What a device was seen using, as the control socket tells it.</summary>
internal static class ObserveMethods
{
    /// <summary>Begins or ends an observation.</summary>
    public static byte[] Observe(DaemonState state, ControlRequest request, Instant now)
    {
        if (!MacAddress.TryParse(request.Mac, out MacAddress mac)) return Error($"'{request.Mac}' is not a MAC address");
        if (state.Observer is not { } observer) return Error("nothing can be observed here");
        if ((request.Clear ? observer.Stop(mac, now) : observer.Start(mac, request.UntilUnixMs, now)) is { } refusal) return Error(refusal);
        state.Turn.Commit(now);
        if (state.Enforcement.Fault is { } fault) return Error($"observed, but without names: the kernel refused the redirection: {fault}");
        return ControlCodec.ToBytes(new OutcomeDto
        {
            Mac = mac.ToString(),
            State = request.Clear ? "unobserved" : "observed",
            Message = request.Clear ? "`dwirm suggest` still has what was seen"
                : "use it as you always do, then `dwirm suggest`; a restart of the daemon forgets what was seen",
        });
    }

    /// <summary>Suggests a profile.</summary>
    public static byte[] Suggest(DaemonState state, ControlRequest request, Instant now)
    {
        if (!MacAddress.TryParse(request.Mac, out MacAddress mac)) return Error($"'{request.Mac}' is not a MAC address");
        return state.Observer?.Find(mac) is { } seen
            ? ControlCodec.ToBytes(Document(seen, state.Policy, now))
            : Error($"{mac} was not observed since the daemon started; `dwirm observe {mac}` begins");
    }

    private static SuggestionDto Document(Observation seen, PolicyEngine policy, Instant now)
    {
        ProfileSuggestion suggestion = ProfileSuggestion.Of(seen.Flows, policy.Registry, policy.Grammar);
        List<SeenDto> flows = [];
        for (int i = 0; i < seen.Flows.Count; i++)
        {
            ObservedFlow flow = seen.Flows[i];
            flows.Add(new SeenDto
            {
                Direction = flow.Direction == ServiceDirection.Consume ? "consume" : "provide",
                Name = flow.Name,
                Address = RefusedPacket.Text(flow.Peer),
                Protocol = flow.Transport == Transports.Tcp ? "tcp" : "udp",
                Port = flow.Port,
                Category = suggestion.Categories[i],
                Sightings = flow.Sightings,
                LastUnixMs = flow.LastUnixMs,
            });
        }
        return new SuggestionDto
        {
            Mac = seen.Mac.ToString(),
            Observing = seen.IsRunning,
            SinceUnixMs = seen.SinceUnixMs,
            UntilUnixMs = seen.IsRunning ? now.UnixMs + seen.UntilMs - now.MonotonicMs : 0,
            Missed = seen.Missed,
            Omitted = suggestion.Omitted,
            Seen = flows,
            Profile = suggestion.Json,
        };
    }

    private static byte[] Error(string why) => ControlCodec.ToBytes(new ErrorDto { Error = why });
}
