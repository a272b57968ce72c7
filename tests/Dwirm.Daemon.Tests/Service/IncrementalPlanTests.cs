using System;
using System.Linq;
using System.Text;
using Dwirm.Control;
using Dwirm.Daemon.Control;
using Dwirm.Enforcement;
using Dwirm.Linux;
using Dwirm.Policy.Plans;
using Dwirm.Policy.Rules;
using Dwirm.TestKit;
using Dwirm.Wire;

namespace Dwirm.Daemon.Tests.Service;

/// <summary>What changed is planned anew, what did not is not, and the kernel ends up with what a whole plan would say.</summary>
[Trait("Requirement", "DWIRM-27")]
public sealed class IncrementalPlanTests : IDisposable
{
    private const string Night = """{"IoT Profile":{"Provide":{"Video Stream":{"Ports":"88","Schedule":"01:00-01:59"}}}}""";
    private const string Day = """{"IoT Profile":{"Provide":{"Video Stream":{"Ports":"88"}}}}""";
    private const string Named = """{"IoT Profile":{"Consume":{"Update":{"Endpoints":["update.example:443"]}}}}""";
    private static readonly SitePolicy AcceptsAll = new() { Decision = PolicyDecision.Accept };
    private readonly TestRouter _router = new(AcceptsAll);

    public void Dispose() => _router.Dispose();

    [Fact]
    public void OneDeviceIsOneDevice()
    {
        for (int i = 1; i <= 5; i++) Ask(i, Day);
        Assert.False(_router.Kernel.Change!.IsWhole);
        Assert.Equal(Mac(5), Assert.Single(_router.Kernel.Change.Devices).Mac);
        Assert.Null(_router.Owner.Revoke(Mac(2), _router.Now));
        _router.Commit();
        Assert.Equal(Mac(2), Assert.Single(_router.Kernel.Change!.Devices).Mac);
        Assert.Null(_router.Owner.Forget(Mac(3), _router.Now));
        _router.Commit();
        Assert.Equal([Mac(3)], _router.Kernel.Change!.Removed);
        Assert.Empty(_router.Kernel.Change.Devices);
        AssertWhole();
    }

    [Fact]
    public void OneThatIsForgottenAndAsksInOneTurnIsPlannedOnce()
    {
        Ask(1, Day);
        Assert.Null(_router.Owner.Forget(Mac(1), _router.Now));
        Ask(1, Named);
        Assert.Single(_router.Kernel.Change!.Devices);
        AssertWhole();
    }

    [Fact]
    [Trait("Requirement", "DWIRM-13")]
    public void AnEdgeConcernsWhoseItIs()
    {
        Ask(1, Night);
        Ask(2, Day);
        Ask(3, Night.Replace("01:", "03:", StringComparison.Ordinal));
        Assert.False(_router.Enforced(Mac(1))!.Services[0].Active);
        _router.Wait(3_600_000);
        Assert.Equal(Mac(1), Assert.Single(_router.Kernel.Change!.Devices).Mac);
        Assert.True(_router.Enforced(Mac(1))!.Services[0].Active);
        _router.Wait(3_600_000);
        Assert.False(_router.Enforced(Mac(1))!.Services[0].Active);
        // The edges of the others are not forgotten meanwhile.
        _router.Wait(3_600_000);
        Assert.Equal(Mac(3), Assert.Single(_router.Kernel.Change!.Devices).Mac);
        Assert.True(_router.Enforced(Mac(3))!.Services[0].Active);
        AssertWhole();
    }

    [Fact]
    public void ANameConcernsWhoUsesIt()
    {
        Ask(1, Named);
        Ask(2, Day);
        int applied = _router.Kernel.Applied;
        _router.State.Enforcement.NameChanged("other.example");
        _router.Commit();
        Assert.Equal(applied, _router.Kernel.Applied);
        _router.State.Enforcement.NameChanged("update.example");
        _router.Commit();
        Assert.Equal(Mac(1), Assert.Single(_router.Kernel.Change!.Devices).Mac);
    }

    [Fact]
    public void LinksThatChangeAreNoDevicesAffair()
    {
        Ask(1, Day);
        using NetlinkSocket route = NetlinkSocket.Open(NetlinkProtocol.NETLINK_ROUTE);
        _router.State.Enforcement.Interfaces = InterfaceTable.Read(route);
        _router.Commit();
        InterfaceTable again = InterfaceTable.Read(route);
        _router.State.Enforcement.Interfaces = again;
        _router.Commit();
        Assert.False(_router.Kernel.Change!.IsWhole);
        Assert.Empty(_router.Kernel.Change.Devices);
        Assert.Same(again, _router.Kernel.Change.Interfaces);
    }

    [Fact]
    public void AfterARefusalEverythingIsSaidAgain()
    {
        Ask(1, Day);
        _router.Kernel.Refuses = true;
        Ask(2, Day);
        _router.Kernel.Refuses = false;
        _router.Wait(1000);
        Assert.True(_router.Kernel.Change!.IsWhole);
        Assert.Equal(2, _router.Kernel.Change.Devices.Count);
        Ask(3, Day);
        Assert.False(_router.Kernel.Change!.IsWhole);
        AssertWhole();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void WhateverHappensTheKernelHasTheWholePlan(int seed)
    {
        var random = new Random(seed);
        for (int step = 0; step < 150; step++)
        {
            int number = random.Next(1, 7);
            switch (random.Next(9))
            {
                case 0: _router.Owner.Revoke(Mac(number), _router.Now); break;
                case 1: _router.Owner.Forget(Mac(number), _router.Now); break;
                case 2: _router.Owner.FullAccess(Mac(number), _router.Now.UnixMs + random.Next(1, 4) * 1_800_000, _router.Now); break;
                case 3 when !_router.Store.Fails && !_router.Kernel.Refuses: _router.Lease(Mac(number)); break;
                case 4: _router.Wait(random.Next(1, 7_200_000)); break;
                case 5: _router.Store.Fails = !_router.Store.Fails; break;
                case 6: _router.Kernel.Refuses = !_router.Kernel.Refuses; break;
                default: Ask(number, random.Next(3) switch { 0 => Night, 1 => Day, _ => Named }); break;
            }
            _router.Commit();
            if (!_router.Kernel.Refuses) AssertWhole();
        }
    }

    private static MacAddress Mac(int number) => new(0x020000000000UL | (uint)number);

    private void Ask(int number, string profile) => _router.Receive(Dhcpv4Builder.DwirmClient(Mac(number), profile));

    private void AssertWhole()
    {
        EnforcementPlan whole = _router.State.Enforcement.Plan(_router.Now, out _), had = _router.Kernel.Plan!;
        Assert.Equal(Text(whole), Text(had));
    }

    private static string Text(EnforcementPlan plan) =>
        Encoding.UTF8.GetString(ControlCodec.ToBytes(PlanDocuments.Of(plan with { Devices = [.. plan.Devices.OrderBy(device => device.Mac.Value)] })));
}
