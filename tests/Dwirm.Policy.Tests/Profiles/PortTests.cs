using System.Linq;
using Dwirm.Policy.Profiles;

namespace Dwirm.Policy.Tests.Profiles;

public class PortTests
{
    [Theory]
    [Trait("Requirement", "DWIRM-08")]
    [InlineData("80,443,22", "80,443,22", 3)]
    [InlineData("88-99", "88-99", 12)]
    [InlineData(" 1 - 2 , 65535 ", "1-2,65535", 3)]
    [InlineData("7-7", "7", 1)]
    [InlineData("00080", "80", 1)]
    [InlineData("1-65535", "1-65535", 65535)]
    [InlineData("", "", 0)]
    [InlineData("  ", "", 0)]
    public void Lists_are_read_in_their_order(string text, string written, int ports)
    {
        Assert.True(PortSet.TryParse(text, out PortSet set, out OptionFault fault));
        Assert.Equal(OptionFault.None, fault);
        Assert.Equal(written, set.ToString());
        Assert.Equal(ports, set.PortCount);
        Assert.Equal(ports == 0, set.IsEmpty);
        Assert.True(PortSet.TryParse(written, out PortSet again));
        Assert.Equal(set, again);
        Assert.Equal(set.GetHashCode(), again.GetHashCode());
    }

    [Theory]
    [Trait("Requirement", "DWIRM-08")]
    [InlineData("0", OptionFault.PortOutOfBounds)]
    [InlineData("65536", OptionFault.PortOutOfBounds)]
    [InlineData("99999999999999999999", OptionFault.PortOutOfBounds)]
    [InlineData("000080", OptionFault.PortOutOfBounds)]
    [InlineData("0-5", OptionFault.PortOutOfBounds)]
    [InlineData("9-3", OptionFault.RangeReversed)]
    [InlineData("80,,81", OptionFault.EmptyElement)]
    [InlineData(",80", OptionFault.EmptyElement)]
    [InlineData("80,", OptionFault.EmptyElement)]
    [InlineData(",", OptionFault.EmptyElement)]
    [InlineData("80,80", OptionFault.RangesOverlap)]
    [InlineData("80-90,85-95", OptionFault.RangesOverlap)]
    [InlineData("80-90,70-80", OptionFault.RangesOverlap)]
    [InlineData("1-9,4", OptionFault.RangesOverlap)]
    [InlineData("80-", OptionFault.Syntax)]
    [InlineData("-80", OptionFault.Syntax)]
    [InlineData("1-2-3", OptionFault.Syntax)]
    [InlineData("8 0", OptionFault.Syntax)]
    [InlineData("http", OptionFault.Syntax)]
    [InlineData("0x50", OptionFault.Syntax)]
    [InlineData("80;443", OptionFault.Syntax)]
    [InlineData("٨٠", OptionFault.Syntax)]
    [InlineData("80\n", OptionFault.Syntax)]
    public void Faulty_lists_are_refused_with_their_fault(string text, OptionFault expected)
    {
        Assert.False(PortSet.TryParse(text, out PortSet set, out OptionFault fault));
        Assert.Equal(expected, fault);
        Assert.True(set.IsEmpty);
        Assert.DoesNotContain("unknown", fault.Describe());
    }

    [Fact]
    [Trait("Requirement", "DWIRM-04")]
    public void Sixty_four_ranges_are_read_and_sixty_five_are_not()
    {
        Assert.True(PortSet.TryParse(Odd(64), out PortSet set, out _));
        Assert.Equal(64, set.Ranges.Count);
        Assert.False(PortSet.TryParse(Odd(65), out _, out OptionFault fault));
        Assert.Equal(OptionFault.TooManyRanges, fault);
        Assert.False(PortSet.TryParse("1,2", out _, out fault, maxRanges: 1));
        Assert.Equal(OptionFault.TooManyRanges, fault);
    }

    [Fact]
    public void Containment_sees_through_the_order_and_the_cuts_of_ranges()
    {
        PortSet set = Set("90-99,80-89,443");
        Assert.True(set.Contains(80));
        Assert.True(set.Contains(443));
        Assert.False(set.Contains(79));
        Assert.False(set.Contains(444));
        Assert.True(set.Contains(new PortRange(85, 95)));
        Assert.True(set.Contains(new PortRange(80, 99)));
        Assert.False(set.Contains(new PortRange(80, 100)));
        Assert.False(set.Contains(new PortRange(99, 443)));
        Assert.True(Set("95,80-82").IsSubsetOf(set));
        Assert.False(Set("95,79-82").IsSubsetOf(set));
        Assert.True(PortSet.Empty.IsSubsetOf(set));
        Assert.True(PortSet.Empty.IsSubsetOf(PortSet.Empty));
        Assert.False(set.IsSubsetOf(PortSet.Empty));
        Assert.True(set.IsSubsetOf(PortSet.All));
    }

    [Theory]
    [InlineData("80,443,22", "1-1023", "80,443,22")]
    [InlineData("8000-8010,80", "80-8005", "8000-8005,80")]
    [InlineData("1-100", "10-20,50,90-200", "10-20,50,90-100")]
    [InlineData("1-10", "11-20", "")]
    [InlineData("", "1-20", "")]
    [InlineData("5", "", "")]
    public void Intersection_keeps_the_order_of_the_left(string left, string right, string expected)
    {
        PortSet shared = Set(left).Intersect(Set(right));
        Assert.Equal(expected, shared.ToString());
        Assert.Equal(expected.Length > 0, Set(left).Overlaps(Set(right)));
        Assert.True(shared.IsSubsetOf(Set(left)));
        Assert.True(shared.IsSubsetOf(Set(right)));
    }

    [Fact]
    public void Intersection_agrees_with_port_by_port_membership()
    {
        PortSet left = Set("3-9,20-40,41,60000-65535,1"), right = Set("30-60100,8,1-4,65535");
        PortSet shared = left.Intersect(right);
        Assert.All(Enumerable.Range(0, 65536), port => Assert.Equal(left.Contains(port) && right.Contains(port), shared.Contains(port)));
    }

    [Fact]
    public void A_set_is_made_of_ranges_that_are_ports_and_disjoint()
    {
        Assert.Equal("80,443-444", PortSet.Of(new PortRange(80, 80), new PortRange(443, 444))!.ToString());
        Assert.Same(PortSet.Empty, PortSet.Of());
        Assert.Null(PortSet.Of(new PortRange(0, 5)));
        Assert.Null(PortSet.Of(new PortRange(6, 5)));
        Assert.Null(PortSet.Of(new PortRange(1, 5), new PortRange(5, 5)));
        Assert.NotEqual(Set("1,2"), Set("2,1"));
        Assert.False(Set("1").Equals(null));
    }

    [Theory]
    [Trait("Requirement", "DWIRM-07")]
    [InlineData("88-99:8088-8099", "88-99:8088-8099", 1)]
    [InlineData("1-2,5:10-11,20", "1-2,5:10-11,20", 2)]
    [InlineData(" 80 : 8080 ", "80:8080", 1)]
    [InlineData("80,443:443,80", "80,443:443,80", 2)]
    [InlineData("1-65535:1-65535", "1-65535:1-65535", 1)]
    public void Forwards_pair_their_ranges(string text, string written, int pairs)
    {
        Assert.True(PortForward.TryParse(text, out PortForward? forward, out OptionFault fault));
        Assert.Equal(OptionFault.None, fault);
        Assert.Equal(written, forward!.ToString());
        Assert.Equal(pairs, forward.Count);
        for (int i = 0; i < pairs; i++) Assert.Equal(forward.PairAt(i).Internal.Count, forward.PairAt(i).External.Count);
        Assert.Equal(forward, PortForward.Of(forward.Internal, forward.External));
        Assert.Equal(forward.GetHashCode(), PortForward.Of(forward.Internal, forward.External)!.GetHashCode());
    }

    [Theory]
    [Trait("Requirement", "DWIRM-07")]
    [InlineData("1-2:10", OptionFault.PairMismatch)]
    [InlineData("1-2,5:10,20-21", OptionFault.PairMismatch)] // equal totals, unequal pairs
    [InlineData("1-3:10-11,20", OptionFault.PairMismatch)]
    [InlineData("1,2:10", OptionFault.PairMismatch)]
    [InlineData("1:10,11", OptionFault.PairMismatch)]
    [InlineData("80", OptionFault.Syntax)]
    [InlineData("80:", OptionFault.Syntax)]
    [InlineData(":80", OptionFault.Syntax)]
    [InlineData(":", OptionFault.Syntax)]
    [InlineData("80:81:82", OptionFault.Syntax)]
    [InlineData("80,80:90,91", OptionFault.RangesOverlap)]
    [InlineData("80,81:90,90", OptionFault.RangesOverlap)]
    [InlineData("0:80", OptionFault.PortOutOfBounds)]
    [InlineData("80:65536", OptionFault.PortOutOfBounds)]
    public void Forwards_that_do_not_pair_are_refused(string text, OptionFault expected)
    {
        Assert.False(PortForward.TryParse(text, out PortForward? forward, out OptionFault fault));
        Assert.Null(forward);
        Assert.Equal(expected, fault);
    }

    [Fact]
    [Trait("Requirement", "DWIRM-07")]
    public void No_forward_is_a_forward_of_nothing()
    {
        Assert.True(PortForward.TryParse("", out PortForward? forward, out OptionFault fault));
        Assert.Null(forward);
        Assert.Equal(OptionFault.None, fault);
        Assert.Null(PortForward.Of(PortSet.Empty, PortSet.Empty));
        Assert.Null(PortForward.Of(Set("1-2"), Set("1")));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-07")]
    public void A_forward_stays_inside_the_ports_of_its_service()
    {
        Assert.True(PortForward.TryParse("88-99:8088-8099", out PortForward? forward));
        Assert.True(forward!.IsInside(Set("88-99")));
        Assert.True(forward.IsInside(Set("94-99,88-93")));
        Assert.False(forward.IsInside(Set("88-98")));
        Assert.False(forward.IsInside(PortSet.Empty));
        Assert.False(forward.Equals(null));
    }

    [Fact]
    [Trait("Requirement", "DWIRM-04")]
    public void Each_side_of_a_forward_has_the_limit()
    {
        Assert.True(PortForward.TryParse(Odd(64) + ":" + Odd(64), out _));
        Assert.False(PortForward.TryParse("2:" + Odd(65), out _, out OptionFault fault));
        Assert.Equal(OptionFault.TooManyRanges, fault);
    }

    private static string Odd(int count) => string.Join(',', Enumerable.Range(0, count).Select(i => 2 * i + 1));

    private static PortSet Set(string text)
    {
        Assert.True(PortSet.TryParse(text, out PortSet set));
        return set;
    }
}
