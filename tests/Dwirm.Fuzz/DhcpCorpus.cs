using System.Collections.Generic;
using System.IO;
using System.Linq;
using Dwirm.TestKit;
using Dwirm.Wire;

namespace Dwirm.Fuzz;

/// <summary>The seeds of the DHCPv4 targets, made from the golden messages: <c>--write-corpus</c>.</summary>
internal static class DhcpCorpus
{
    private static readonly MacAddress Owner = new(0x020000000001), Pooled = new(0x020000000002), Bound = new(0x020000000003), Freed = new(0x020000000004), New = new(0x020000000005);
    private static readonly Ipv4Address Router = new(0xc0a80101), First = new(0xc0a80164), Third = new(0xc0a80166), Reserved = new(0xc0a8010a), GuestAddress = new(0x0a000002);

    private const string Camera = """{"IoT Profile":{"Description":"Example Brand Security Camera","Provide":{"Video Stream":{"Ports":"88-99","PortFwd":"88-99:8088-8099","Rate":"2Mbps","Schedule":"00:00-23:59","Hints":"RTSP"},"Management":{"Ports":"80,443,22","Rate":"15Kbps","Schedule":"00:00-23:59","Hints":"HTTP, HTTPS, SSH"}},"Consume":{"Firmware Update":{"Endpoints":["https://update.example.com/prod/9876543v2/upgrade","https://mirror.example-com.example.net:8888/prod/upgrade","sftp://update.example.com/prod/9876543v2/upgrade"],"Rate":"5Mbps","Schedule":"02:00-04:59"}}}}""";

    public static void Write(string corpus)
    {
        Dictionary<string, byte[]> messages = Messages();
        foreach ((string name, byte[] octets) in messages) Save(corpus, "dhcp4", name, octets);
        foreach ((string name, byte[] octets) in messages) Save(corpus, "server", name, Row((0x28, octets)));

        foreach ((string name, byte[] octets) in Authenticated()) Save(corpus, "auth", name, octets);

        byte[] discover = messages["discover-new"], select = messages["select-new"], renew = messages["renew-bound"];
        Save(corpus, "server", "row-discover-select-renew", Row((0x28, discover), (0x28, select), (0x31, Dhcpv4Builder.Renew(New, new Ipv4Address(0xc0a80167)).Build())));
        Save(corpus, "server", "row-offer-runs-out", Row((0x28, discover), (0x44, select), (0x68, renew)));
        Save(corpus, "server", "row-decline-release-discover", Row((0x28, messages["decline-bound"]), (0x29, messages["release-bound"]), (0x28, messages["discover-existing"])));
        Save(corpus, "server", "row-guest", Row((0x2a, discover), (0x2b, Dhcpv4Builder.Renew(New, GuestAddress).Build()), (0x2a, messages["reboot-wrong-network"])));
        Save(corpus, "server", "row-pool-exhausted", Row([.. Enumerable.Range(16, 6).Select(i => ((byte)0x04, Dhcpv4Builder.Discover(new MacAddress(0x020000000000ul + (uint)i)).Build()))]));
    }

    private static Dictionary<string, byte[]> Authenticated()
    {
        byte[] key = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];
        return new()
        {
            ["signed"] = SignedMessages.Sign(Dhcpv4Builder.DwirmClient(New, Camera).Delayed(1, 2).PadTo(300).Build(), key),
            ["signed-relayed"] = SignedMessages.Sign(Dhcpv4Builder.Discover(New).Delayed(1, 2).Option(82, 1, 2, 3, 4).PadTo(300).Build(), key),
            ["twice"] = Dhcpv4Builder.Discover(New).Delayed(1, 2).Delayed(1, 3).Build(),
            ["asks"] = Dhcpv4Builder.Discover(New).AsksForAuthentication(5).Build(),
            ["nonce"] = Dhcpv4Builder.Discover(New).Option(90, [3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 9, 1, .. key]).Build(),
            ["token"] = Dhcpv4Builder.Discover(New).Option(90, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, .. "secret"u8]).Build(),
            ["overloaded"] = Dhcpv4Builder.Discover(New).Option(52, 3).Fixed(108, [90, 31, 1, 1]).Fixed(141, 255).Fixed(44, 82, 2, 1, 1, 255).Build(),
        };
    }

    private static Dictionary<string, byte[]> Messages() => new()
    {
        ["discover-golden-udhcpc"] = GoldenDhcpv4.UdhcpcDiscover,
        ["offer-golden"] = GoldenDhcpv4.Offer,
        ["discover-golden-overload"] = GoldenDhcpv4.SplitClientId,
        ["discover-new"] = Dhcpv4Builder.Discover(New).Requesting(1, 3, 6, 12, 15, 28, 42, 100, 101, 224).Text(12, "laptop").Address(50, new Ipv4Address(0xc0a80167)).Build(),
        ["discover-existing"] = Dhcpv4Builder.Discover(Bound).Build(),
        ["discover-former"] = Dhcpv4Builder.Discover(Freed).ClientId(0xff, 2).Build(),
        ["discover-reserved"] = Dhcpv4Builder.Discover(Owner).Option(81, [0, 0, 0, .. "owner.lan"u8]).Build(),
        ["discover-reserved-by-id"] = Dhcpv4Builder.Discover(New).ClientId(0xff, 1).Build(),
        ["discover-by-name"] = Dhcpv4Builder.Discover(New).Text(12, "by-name").Build(),
        ["discover-relayed"] = Dhcpv4Builder.Discover(New).Giaddr(new Ipv4Address(0xc0a80102)).Option(82, 1, 4, 0, 0, 0, 1).Build(),
        ["discover-no-ethernet"] = Dhcpv4Builder.Discover(New).Hardware(32, 0).ClientId(0xff, 9, 9).Broadcast().Build(),
        ["discover-piggyback"] = Dhcpv4Builder.Discover(New).Profile(Camera).Requesting(1, 3, 6, 224).U16(57, 1500).Build(),
        ["discover-rapid"] = Dhcpv4Builder.Discover(New).Option(80).Requesting(1, 3, 43, 66, 67, 81, 119, 121, 125, 175).Text(60, "PXEClient:Arch:00007").Build(),
        ["discover-fqdn-wire"] = Dhcpv4Builder.Discover(Bound).Option(81, [4, 0, 0, 3, .. "cam"u8, 4, .. "home"u8, 0]).Build(),
        ["discover-everything-told"] = Dhcpv4Builder.Discover(new MacAddress(0x020000000005)).Text(60, "P").Text(77, "iPXE").Option(93, 0, 7)
            .Option(97, 0, 1, 2).Option(124, 0, 0, 0, 9, 1, 7).Option(125, 0, 0, 0, 9, 3, 1, 1, 7).U16(57, 1500).Build(),
        ["discover-link-selection"] = Dhcpv4Builder.Discover(New).Giaddr(new Ipv4Address(0xc0a80102))
            .Option(82, [1, 2, 0, 1, 2, 1, 9, 5, 4, 172, 16, 0, 0, 6, 1, 7, 11, 4, 172, 16, 0, 1]).Build(),
        ["discover-subnet-selection"] = Dhcpv4Builder.Discover(New).Option(118, 172, 16, 0, 0).Requesting(3, 118).Build(),
        ["discover-autoconfigure"] = Dhcpv4Builder.Discover(New).Option(116, 1).Requesting(116).Build(),
        ["bootp-reserved"] = new Dhcpv4Builder(Owner).PadTo(300).Build(),
        ["select-new"] = Dhcpv4Builder.Select(New, new Ipv4Address(0xc0a80167), Router).Build(),
        ["select-other-server"] = Dhcpv4Builder.Select(New, Third, new Ipv4Address(0xc0a80102)).Build(),
        ["select-reserved"] = Dhcpv4Builder.Select(Owner, Reserved, Router).Option(51, 0, 0, 1, 0).Build(),
        ["reboot-bound"] = Dhcpv4Builder.Reboot(Bound, First).Build(),
        ["reboot-somebody-elses"] = Dhcpv4Builder.Reboot(New, First).Build(),
        ["reboot-wrong-network"] = Dhcpv4Builder.Reboot(New, new Ipv4Address(0xac100005)).Build(),
        ["renew-bound"] = Dhcpv4Builder.Renew(Bound, First).Build(),
        ["renew-unknown"] = Dhcpv4Builder.Renew(Pooled, Third).Build(),
        ["release-bound"] = Dhcpv4Builder.Release(Bound, First, Router).Build(),
        ["decline-bound"] = Dhcpv4Builder.Decline(Bound, First, Router).Build(),
        ["inform"] = Dhcpv4Builder.Inform(New, new Ipv4Address(0xc0a80120)).Requesting(6, 42).Build(),
        ["dwirmclient-camera"] = Dhcpv4Builder.DwirmClient(New, Camera).ClientId(1, 2, 0, 0, 0, 0, 5).Build(),
        ["bootp"] = new Dhcpv4Builder(New).PadTo(300).Build(),
        ["overrun"] = Dhcpv4Builder.Discover(New).Raw(61, 200, 1).Build(),
    };

    private static byte[] Row(params (byte Control, byte[] Message)[] messages)
    {
        var row = new List<byte>();
        foreach ((byte control, byte[] message) in messages)
        {
            row.AddRange([control, (byte)(message.Length >> 8), (byte)message.Length]);
            row.AddRange(message);
        }
        return [.. row];
    }

    private static void Save(string corpus, string target, string name, byte[] octets)
    {
        Directory.CreateDirectory(Path.Combine(corpus, target));
        File.WriteAllBytes(Path.Combine(corpus, target, name), octets);
    }
}
