using Dwirm.Daemon.Devices;
using Dwirm.Policy;
using Dwirm.Wire;

namespace Dwirm.Daemon.Tests.Devices;

public sealed class DeviceTableTests
{
    [Fact]
    public void ItIsFullByOctetsLongBeforeItIsFullByNumber()
    {
        var table = new DeviceTable();
        string profile = new('x', 8000);
        ulong mac = 0;
        while (table.HasRoom) table.Add(Made(++mac, json: profile));
        Assert.True(table.Count < DeviceTable.MaxDevices);
        Assert.InRange((long)table.Count * 10_000, DeviceTable.MinWeight / 2, DeviceTable.MaxWeight);
    }

    [Fact]
    public void TheBudgetFollowsUpdatesAndRemovals()
    {
        var table = new DeviceTable();
        Device device = Made(1, json: null);
        table.Add(device);
        for (int i = 0; i < 10_000; i++)
        {
            table.Update(device, device.Record with { RequestedJson = new string('x', 8000) });
            table.Update(device, device.Record with { RequestedJson = null });
        }
        Assert.True(table.HasRoom);
        table.Remove(device);
        Assert.Equal(0, table.Count);
        Assert.Null(table.Find(new MacAddress(1)));
    }

    [Fact]
    public void OnlyOneNobodyDecidedAboutIsExpendable()
    {
        var table = new DeviceTable();
        table.Add(Made(1, seen: 10, verdict: OwnerVerdict.Approve));
        table.Add(Made(2, seen: 20));
        table.Add(Made(3, seen: 30));
        table.Add(Made(4, seen: 25));
        Assert.Equal(new MacAddress(4), table.Expendable(device => device.Record.Mac.Value == 2)?.Record.Mac);
        Assert.Null(table.Expendable(static _ => true));
    }

    private static Device Made(ulong mac, string? json = null, long seen = 0, OwnerVerdict verdict = OwnerVerdict.None) =>
        new(new DeviceRecord { Mac = new MacAddress(mac), Network = "lan", RequestedJson = json, FirstSeenUnixMs = seen, Verdict = verdict });
}
