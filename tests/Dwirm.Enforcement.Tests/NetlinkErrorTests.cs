namespace Dwirm.Enforcement.Tests;

public class NetlinkErrorTests
{
    [Theory]
    [InlineData("", -1, "nft batch: Operation not permitted")]
    [InlineData("no such chain", 40, "nft batch: Operation not permitted (no such chain) at octet 40")]
    public void ARefusalIsToldInTheSystemsWords(string text, int offset, string expected) =>
        Assert.Equal(expected, new NetlinkError("nft batch", 1, text, offset).ToString());
}
