namespace Dwirm.Linux.Tests;

/// <summary>The kernel at the other end answers for the addresses it has, and for no other.</summary>
public class ArpTests
{
    private const uint FarIp = 0xc0000202, Nobody = 0xc0000263;

    [Fact]
    [Trait("Kind", "Kernel")]
    public void WhoHasAnAddressAnswersAProbe()
    {
        using var veth = new VethPair();
        using ArpSocket arp = veth.Near(() => ArpSocket.Open(VethPair.NearDevice));
        byte[] mac = new byte[6];
        veth.Far(() => NetworkDevice.MacOf(VethPair.FarDevice, mac));
        Assert.Equal(0, arp.Probe(Nobody));
        Assert.Equal(0, arp.Probe(FarIp));
        uint heard;
        ulong from;
        do
        {
            Waiting.UntilReadable(arp.Handle);
        }
        while (!arp.TryReceive(out heard, out from) || heard != FarIp);
        ulong expected = 0;
        foreach (byte octet in mac) expected = (expected << 8) | octet;
        Assert.Equal(expected, from);
        // The answers come in the order of the questions: nobody has answered the first.
        Assert.NotEqual(Nobody, heard);
    }

    [Fact]
    [Trait("Kind", "Kernel")]
    public void ADeviceThatIsNotThereIsSaid()
    {
        using var veth = new VethPair();
        Assert.Throws<LinuxException>(() => veth.Near(() => ArpSocket.Open("absent")));
    }
}
