using System;
using System.Collections.Generic;
using Dwirm.Daemon.Config;
using Dwirm.Daemon.Devices;
using Dwirm.Daemon.Dns;
using Dwirm.Daemon.Keys;
using Dwirm.Daemon.Loop;
using Dwirm.Daemon.Service;
using Dwirm.Daemon.Tests.Config;
using Dwirm.Dhcp;
using Dwirm.Policy;
using Dwirm.Policy.Plans;
using Dwirm.Policy.Rules;
using Dwirm.TestKit;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Daemon.Tests.Service;

/// <summary>The daemon's services with networks <c>lan</c> and <c>iot</c>, on a store, a kernel and ports that are not real, and a clock that a test moves.</summary>
internal sealed class TestRouter : IDisposable
{
    /// <summary>Accepts <c>Video Stream</c>; everything else is the owner's.</summary>
    internal static readonly SitePolicy AcceptsVideo = new()
    {
        Decision = PolicyDecision.Ask,
        Rules = [new PolicyRule { Name = "video", Match = new RuleMatch { Category = "Video Stream" }, Decision = PolicyDecision.Accept }],
    };

    private const string TwoNetworks = UciFiles.Network + "\nconfig interface 'iot'\n\toption device 'br-iot'\n\toption proto 'static'\n\toption ipaddr '192.168.2.1'\n\toption netmask '255.255.255.0'\n";
    private const string TwoPools = UciFiles.Dhcp + "\nconfig dhcp 'iot'\n\toption interface 'iot'\n\toption start '100'\n\toption limit '50'\n\toption leasetime '1h'\n";
    private readonly UciFiles _files = new() { ["network"] = TwoNetworks, ["dhcp"] = TwoPools, ["dwirm"] = UciFiles.Dwirm + "\nconfig network 'iot'\n" };
    private readonly EventLoop _loop = new(new SystemClock());
    private readonly List<Lease> _expired = [];

    internal TestRouter(SitePolicy? policy = null)
    {
        (Store, Kernel) = (new FakeStore(Order), new FakeKernel(Order));
        List<ConfigFault> faults = [];
        DaemonConfig config = DaemonConfig.Read(_files.Path, faults) ?? throw new InvalidOperationException(string.Join('\n', faults));
        var log = new Log();
        var dhcp = new Dhcpv4Engine([.. Networks(config)], seed: 1);
        var devices = new DeviceTable();
        EnforcementService? enforcement = null;
        var names = new NameTable(_loop.Deadlines, static (_, _, _) => true, name => enforcement?.NameChanged(name));
        enforcement = new EnforcementService(devices, dhcp, names, new RouterZone(), _loop.Deadlines, log, config, () => Kernel);
        State = new DaemonState
        {
            Log = log,
            Loop = _loop,
            Config = config,
            Policy = new PolicyEngine(policy ?? AcceptsVideo, CategoryRegistry.Baseline),
            Dhcp = dhcp,
            Devices = devices,
            Names = names,
            Enforcement = enforcement,
            Turn = new Turn(Store, enforcement, _loop.Deadlines, log),
            LeaseFile = new LeaseFile(System.IO.Path.Combine(_files.Path, "leases"), dhcp, _loop.Deadlines, log),
        };
        State.Negotiator = new Negotiator(State, 0);
        State.Unsolicited = new UnsolicitedAnswers(State);
        State.KeyCommands = new KeyCommands(State);
        State.Authenticator = new Authenticator(new KeyRing(KeyPath, Store), Store, State.Counters, State.Turn.Batch);
        State.KeyCommands.Load(Now);
        State.Service = new DhcpService(State);
        State.Controls = new OwnerControls(State);
        State.Quotas = new QuotaMeter(State);
        State.Owner = Owner = new OwnerCommands(State);
        foreach (NetworkSettings settings in config.Networks) State.Ports.Add(settings.Name, new FakePort(settings, Order));
        Commit();
    }

    /// <summary>What happened, in order: record, enforce, reply.</summary>
    internal List<string> Order { get; } = [];

    internal FakeStore Store { get; }

    internal FakeKernel Kernel { get; }

    internal DaemonState State { get; }

    internal OwnerCommands Owner { get; }

    internal Instant Now { get; private set; } = new(1_000_000, 1_767_225_600_000, true);

    internal FakePort Lan => (FakePort)State.Ports["lan"];

    internal FakePort Iot => (FakePort)State.Ports["iot"];

    /// <summary>Where the device keys are.</summary>
    internal string KeyPath => System.IO.Path.Combine(_files.Path, KeyFile.FileName);

    /// <summary>What a restart does with keys and replay counters: only file and store are left.</summary>
    internal void RestartKeys()
    {
        State.Authenticator = new Authenticator(new KeyRing(KeyPath, Store), Store, State.Counters, State.Turn.Batch);
        State.KeyCommands.Load(Now);
        Commit();
    }

    /// <summary>The wall clock is set; monotonic time is not.</summary>
    internal void SetClock(long unixMs, bool trusted = true) => Now = new Instant(Now.MonotonicMs, unixMs, trusted);

    /// <summary>A message arrives and the turn ends; the replies of that turn.</summary>
    internal List<SentMessage> Receive(Dhcpv4Builder message, FakePort? port = null) => Receive(message.Build(), port);

    /// <summary>The same in octets.</summary>
    internal List<SentMessage> Receive(byte[] message, FakePort? port = null)
    {
        port ??= Lan;
        int before = port.Sent.Count;
        State.Service.Handle(port, message, unicast: false, Now);
        Commit();
        return port.Sent[before..];
    }

    /// <summary>Time passes, deadlines run and the turn ends; what was sent on the LAN.</summary>
    internal List<SentMessage> Wait(long milliseconds)
    {
        int before = Lan.Sent.Count;
        Now = new Instant(Now.MonotonicMs + milliseconds, Now.UnixMs + milliseconds, Now.WallIsTrusted);
        _expired.Clear();
        State.Dhcp.Expire(Now, _expired);
        foreach (Lease lease in _expired) State.LeaseChanged(lease, State.Devices.Find(lease.Mac), Now);
        _loop.Deadlines.RunDue(Now);
        Commit();
        return Lan.Sent[before..];
    }

    /// <summary>DISCOVER and REQUEST; the address the device then holds.</summary>
    internal Ipv4Address Lease(MacAddress mac, FakePort? port = null)
    {
        port ??= Lan;
        SentMessage offer = Assert.Single(Receive(Dhcpv4Builder.Discover(mac), port));
        List<SentMessage> sent = Receive(Dhcpv4Builder.Select(mac, offer.Address, port.RouterAddress), port);
        return Assert.Single(sent, one => one.Type == Dhcpv4MessageType.Ack).Address;
    }

    internal Device Device(MacAddress mac) => State.Devices.Find(mac) ?? throw new InvalidOperationException($"no device {mac}");

    internal PlannedDevice? Enforced(MacAddress mac) => Kernel.Find(mac);

    /// <summary>Ends the turn.</summary>
    internal void Commit() => State.Turn.Commit(Now);

    public void Dispose()
    {
        State.Enforcement.Dispose();
        _loop.Dispose();
        _files.Dispose();
    }

    private static IEnumerable<Dhcpv4NetworkConfig> Networks(DaemonConfig config)
    {
        foreach (NetworkSettings settings in config.Networks) yield return settings.Dhcp;
    }
}
