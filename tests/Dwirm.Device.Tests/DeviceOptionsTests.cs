using System;

namespace Dwirm.Device.Tests;

public class DeviceOptionsTests
{
    private static DeviceOptions Parse(params string[] arguments)
    {
        Assert.True(DeviceOptions.TryParse(arguments, out DeviceOptions options, out string error), error);
        return options;
    }

    [Fact]
    public void DefaultsAreThoseOfTheDraftsNumbers()
    {
        DeviceOptions options = Parse("--interface", "eth0", "--profile", "p.json");
        Assert.Equal(("eth0", "p.json", NegotiationMode.Client), (options.Interface, options.ProfilePath, options.Mode));
        Assert.Equal((240, 241, 224), (options.MessageTypeClient, options.MessageTypeServer, options.ProfileOption));
        Assert.Equal(DeviceOptions.DefaultTimeoutSeconds, options.TimeoutSeconds);
        Assert.False(options.Hold || options.Json || options.Apply || options.LeaseOnly || options.NoRelease || options.Help);
        Assert.Null(options.ClientId);
    }

    [Fact]
    public void EveryOptionIsTaken()
    {
        DeviceOptions options = Parse("--interface=eth1", "--profile=p", "--mode", "discover", "--client-id", "ff:00:01:02", "--hostname", "cam-1", "--hold",
            "--json", "--apply", "--no-release", "--msgtype-client", "200", "--msgtype-server=201", "--profile-option", "254", "--timeout", "5", "--key", "k");
        Assert.Equal(NegotiationMode.Discover, options.Mode);
        Assert.Equal([0xff, 0, 1, 2], options.ClientId);
        Assert.Equal("cam-1", options.HostName);
        Assert.True(options.Hold && options.Json && options.Apply && options.NoRelease);
        Assert.Equal((200, 201, 254), (options.MessageTypeClient, options.MessageTypeServer, options.ProfileOption));
        Assert.Equal(5, options.TimeoutSeconds);
        Assert.Equal("k", options.KeyPath);
        Assert.True(Parse("--version").Version);
    }

    [Fact]
    public void HoldingWaitsForEverUnlessToldOtherwise()
    {
        Assert.Equal(0, Parse("-i", "e", "--lease-only", "--hold").TimeoutSeconds);
        Assert.Equal(7, Parse("-i", "e", "--lease-only", "--timeout", "7", "--hold").TimeoutSeconds);
        Assert.True(Parse("--help").Help);
    }

    [Theory]
    [InlineData("--interface is needed", "--profile", "p")]
    [InlineData("--profile is needed", "--interface", "e")]
    [InlineData("leave --profile out", "--interface", "e", "--lease-only", "--profile", "p")]
    [InlineData("--nonsense is not known", "--nonsense")]
    [InlineData("p is not known", "p")]
    [InlineData("--profile needs a value", "--interface", "e", "--profile")]
    [InlineData("--hold takes no value", "--hold=yes")]
    [InlineData("client or discover", "--mode", "Client")]
    [InlineData("hexadecimal", "--client-id", "0")]
    [InlineData("hexadecimal", "--client-id", "01")]
    [InlineData("hexadecimal", "--client-id", "01xx")]
    [InlineData("letters", "--hostname", "a b")]
    [InlineData("letters", "--hostname", "")]
    [InlineData("1 to 255", "--msgtype-client", "256")]
    [InlineData("1 to 255", "--msgtype-server", "-1")]
    [InlineData("224 to 254", "--profile-option", "223")]
    [InlineData("0 to", "--timeout", "soon")]
    [InlineData("must differ", "--interface", "e", "--profile", "p", "--msgtype-client", "241")]
    public void WrongUsageIsSaidInASentence(string expected, params string[] arguments)
    {
        Assert.False(DeviceOptions.TryParse(arguments, out _, out string error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }
}
