using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Dwirm.Policy.Profiles;
using Dwirm.Wire;
using Dwirm.Wire.Netlink;

namespace Dwirm.Device.Tests;

public class ReportTests
{
    private static readonly LeaseFacts Lease = new()
    {
        Address = new Ipv4Address(0xc0a80165),
        Server = new Ipv4Address(0xc0a80101),
        Seconds = 3600,
        PrefixLength = 24,
        Router = new Ipv4Address(0xc0a80101),
        Dns = [new Ipv4Address(0xc0a80101), new Ipv4Address(0x09090909)],
    };

    [Fact]
    public void EveryEventIsOneLine()
    {
        var lines = new List<string>();
        var report = new JsonReport(line => lines.Add(Encoding.UTF8.GetString(line)));
        report.Sent("DHCPDISCOVER", 300);
        report.Authenticated = true;
        report.Answer("{\"IoT Profile\":\r\n\t{\"Status\" : \"Deny\"}}"u8, solicited: true, "DHCPDWIRMSERVER", 12);
        report.Authenticated = false;
        report.Bound(Lease, renewed: false);
        report.Bound(Lease with { Router = null, Dns = [] }, renewed: true);
        report.Nak("no\n\u001b[2J");
        Assert.Equal(
            [
                """{"event":"sent","message":"DHCPDISCOVER","octets":300}""" + "\n",
                """{"event":"answer","solicited":true,"message":"DHCPDWIRMSERVER","profile":{"IoT Profile":{"Status" : "Deny"}},"ms":12,"authenticated":true}""" + "\n",
                """{"event":"bound","ip":"192.168.1.101","prefixLength":24,"server":"192.168.1.1","router":"192.168.1.1","dns":["192.168.1.1","9.9.9.9"],"leaseSeconds":3600,"authenticated":false}""" + "\n",
                """{"event":"renewed","ip":"192.168.1.101","prefixLength":24,"server":"192.168.1.1","router":null,"dns":[],"leaseSeconds":3600,"authenticated":false}""" + "\n",
                """{"event":"nak","text":"no\n\u001B[2J"}""" + "\n",
            ], lines);
    }

    [Fact]
    public void PeopleAreToldWhatTheRouterChanged()
    {
        Assert.Equal("  Provide Video Stream: PortFwd not granted\n", Describe(FakeWorld.Amended));
        Assert.Equal("  Provide Video Stream: as asked\n", Describe(FakeWorld.Profile));
        Assert.Equal("  Provide Video Stream: refused\n", Describe(FakeWorld.Amended.Replace("88-99", "", StringComparison.Ordinal)));
        Assert.Equal("  Provide Video Stream: Ports 90-95 instead of 88-99; PortFwd not granted\n", Describe(FakeWorld.Amended.Replace("88-99", "90-95", StringComparison.Ordinal)));
        Assert.Equal("  denied in full\n", Describe(FakeWorld.Denied));
        Assert.Equal("  accepted in full\n", Describe(FakeWorld.Denied.Replace("Deny", "Accept", StringComparison.Ordinal)));
        Assert.Equal("  Provide Other: not asked for\n", Describe(FakeWorld.Amended.Replace("Video Stream", "Other", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("{}", "as asked")]
    [InlineData("""{"Endpoints":[]}""", "refused")]
    public void ACategoryWithoutOptionsIsGrantedAndABlankOneRefused(string answered, string expected)
    {
        static IotProfile Profile(string options)
        {
            string json = "{\"IoT Profile\":{\"Consume\":{\"Full Access\":" + options + "}}}";
            Assert.True(IotProfile.TryParse(Encoding.UTF8.GetBytes(json), ProfileGrammar.Default, out IotProfile? profile, out _));
            return profile;
        }
        Assert.Equal($"  Consume Full Access: {expected}\n", AnswerText.Describe(Profile("{}"), Profile(answered)));
    }

    [Fact]
    public void AServersTextCannotDriveATerminal() => Assert.Equal("a?[2J?b", TextReport.Printable("a\u001b[2J\nb"));

    [Fact]
    public void AFaultyProfileIsExplainedBeforeAnythingIsSent()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "{\"IoT Profile\":{}}");
            Assert.False(DeviceProgram.TryReadProfile(path, out _, out string error));
            Assert.Contains("at least one category", error, StringComparison.Ordinal);
            Assert.StartsWith(path, error, StringComparison.Ordinal);
            File.WriteAllText(path, FakeWorld.Profile);
            Assert.True(DeviceProgram.TryReadProfile(path, out IotProfile? profile, out _));
            Assert.Equal(FakeWorld.Profile, profile!.CanonicalJson);
        }
        finally
        {
            File.Delete(path);
        }
        Assert.False(DeviceProgram.TryReadProfile(path, out _, out string missing));
        Assert.EndsWith("cannot be read: No such file or directory", missing, StringComparison.Ordinal);
    }

    // struct nlmsghdr, struct ifaddrmsg and attributes, octet by octet; the end-to-end test shows that the kernel takes them.
    [Fact]
    public void TheAddressMessageIsTheKernels()
    {
        var writer = new NetlinkWriter();
        KernelAddress.WriteAddress(writer, 9, 7, Lease, remove: false);
        Assert.Equal(
            [
                68, 0, 0, 0, 20, 0, 0x05, 0x05, 9, 0, 0, 0, 0, 0, 0, 0,     // RTM_NEWADDR, request ack replace create, sequence 9
                2, 24, 0, 0, 7, 0, 0, 0,                                     // AF_INET, /24, device 7
                8, 0, 2, 0, 192, 168, 1, 101,                                // IFA_LOCAL
                8, 0, 1, 0, 192, 168, 1, 101,                                // IFA_ADDRESS
                8, 0, 4, 0, 192, 168, 1, 255,                                // IFA_BROADCAST
                20, 0, 6, 0, 0x10, 0x0e, 0, 0, 0x10, 0x0e, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // IFA_CACHEINFO, 3600 s twice
            ], writer.Written.ToArray());
    }

    private static string Describe(string answer)
    {
        Assert.True(IotProfile.TryParse(Encoding.UTF8.GetBytes(FakeWorld.Profile), out IotProfile? request, out _));
        Assert.True(IotProfile.TryParseAnswer(Encoding.UTF8.GetBytes(answer), out IotProfile? granted, out ProfileFault fault), fault.Describe());
        return AnswerText.Describe(request, granted!);
    }
}
