using System;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Loop;
using Dwirm.Dhcp;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Daemon.Service;

/// <summary>
/// Answers that come after the 100 ms: an unsolicited DHCPDWIRMSERVER at 0, 2 and 8 seconds, because nothing acknowledges it (DWIRM-20).
/// Anybody could send such a message; where <c>option forcerenew</c> is set, a client that can check it gets an authenticated DHCPFORCERENEW
/// instead, in unicast, at 0, 2, 6, 14 and 30 seconds until it renews (RFC 3203 section 2.2), and finds the answer in its ACK.
/// </summary>
internal sealed class UnsolicitedAnswers(DaemonState state)
{
    private const int ChaddrSize = 16, CrowdedMs = 20;
    private const int MostForced = 5, FirstForcedMs = 2000;
    private static readonly int[] DelaysMs = [0, 2000, 6000];

    /// <summary>Begins telling a device what was decided; an earlier series ends.</summary>
    public void Start(Device device, Instant now)
    {
        if (device.Record.AnswerJson is null || Correspondent(device) is null) return;
        device.UnsolicitedSent = 0;
        device.IsForcedToRenew = CanBeForced(device);
        device.UnsolicitedDeadline ??= new Deadline(later => SendNext(device, later));
        SendNext(device, now);
    }

    /// <summary>Says no more: the device left, asked again, or is forgotten.</summary>
    public void Stop(Device device)
    {
        if (device.UnsolicitedDeadline is not null) state.Loop.Deadlines.Cancel(device.UnsolicitedDeadline);
    }

    /// <summary>The device holds an ACK, and with it the answer.</summary>
    public void Renewed(Device device)
    {
        if (device.IsForcedToRenew) Stop(device);
        device.IsForcedToRenew = false;
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
        if (device.IsForcedToRenew)
        {
            ForceRenew(device, client, port, now);
            return;
        }
        if (state.Service.TryWriteDwirmServer(device, client, port, now, out int written))
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

    private bool CanBeForced(Device device) => state.Config.ForceRenew && device.ReadsAnswerInAck && state.LeaseOf(device) is not null
        && (device.Nonce is not null || state.Authenticator.Of(device).Signs);

    /// <summary>One DHCPFORCERENEW to the leased address and nobody else; the next after twice the time.</summary>
    private void ForceRenew(Device device, Dhcpv4Correspondent client, INetworkPort port, Instant now)
    {
        if (state.LeaseOf(device) is not { } lease) return;
        Dhcpv4Signature signature = state.Authenticator.SignatureFor(device, now);
        if (signature.IsNone && device.Nonce is not null)
        {
            signature = Dhcpv4Signature.NonceCode(state.Authenticator.NextCounter(now), device.Nonce);
        }
        if (Dhcpv4Replies.TryWriteForceRenew(client, port.RouterAddress, signature, state.Turn.Replies.Buffer, out int written))
        {
            var destination = new Dhcpv4Destination(lease.Address, Dhcpv4Destination.ClientPort, true);
            state.Turn.Replies.Add(port, written, destination, device.Record.Mac, needsKernel: true);
            state.Counters.Count("sent:forcerenew");
        }
        if (++device.UnsolicitedSent >= MostForced) return;
        state.Loop.Deadlines.Set(device.UnsolicitedDeadline!, now.MonotonicMs + ((long)FirstForcedMs << (device.UnsolicitedSent - 1)));
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
