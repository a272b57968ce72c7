using System;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Loop;
using Dwirm.Dhcp;
using Dwirm.Wire;

namespace Dwirm.Daemon.Service;

/// <summary>Answers that come after the 100 ms: an unsolicited DHCPDWIRMSERVER at 0, 2 and 8 seconds, because nothing acknowledges it (DWIRM-20).</summary>
internal sealed class UnsolicitedAnswers(DaemonState state)
{
    private const int ChaddrSize = 16, CrowdedMs = 20;
    private static readonly int[] DelaysMs = [0, 2000, 6000];

    /// <summary>Begins telling a device what was decided; an earlier series ends.</summary>
    public void Start(Device device, Instant now)
    {
        if (device.Record.AnswerJson is null || Correspondent(device) is null) return;
        device.UnsolicitedSent = 0;
        device.UnsolicitedDeadline ??= new Deadline(later => SendNext(device, later));
        SendNext(device, now);
    }

    /// <summary>Says no more: the device left, asked again, or is forgotten.</summary>
    public void Stop(Device device)
    {
        if (device.UnsolicitedDeadline is not null) state.Loop.Deadlines.Cancel(device.UnsolicitedDeadline);
    }

    private void SendNext(Device device, Instant now)
    {
        if (Correspondent(device) is not { } client || state.PortOf(device.Record.Network) is not { } port) return;
        if (state.Turn.Replies.IsFull)
        {
            // After a reload many are told at once: the rest comes in the next turns.
            state.Loop.Deadlines.Set(device.UnsolicitedDeadline!, now.MonotonicMs + CrowdedMs);
            return;
        }
        if (state.Service.TryWriteDwirmServer(device, client, port, out int written))
        {
            Dhcpv4Destination destination = client.Destination(state.LeaseOf(device)?.Address ?? default);
            state.Turn.Replies.Add(port, written, destination, device.Record.Mac, needsKernel: true);
            state.Counters.Count("sent:dwirmserver-unsolicited");
        }
        else
        {
            state.Counters.Count("dwirmserver:too-large");
        }
        if (++device.UnsolicitedSent < DelaysMs.Length)
        {
            state.Loop.Deadlines.Set(device.UnsolicitedDeadline!, now.MonotonicMs + DelaysMs[device.UnsolicitedSent]);
        }
    }

    /// <summary>Whom to write to: the client of the last exchange, or, when that was in an earlier run, the holder of the lease by what the record says.</summary>
    private Dhcpv4Correspondent? Correspondent(Device device)
    {
        if (device.Exchange is not null) return device.Exchange;
        if (state.LeaseOf(device) is null) return null;
        byte[] chaddr = new byte[ChaddrSize];
        device.Record.Mac.Write(chaddr);
        return new Dhcpv4Correspondent { Xid = 0, Chaddr = chaddr, ClientId = Convert.FromHexString(device.Record.ClientId) };
    }
}
