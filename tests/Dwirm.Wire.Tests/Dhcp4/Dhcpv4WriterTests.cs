using System;
using System.Linq;
using Dwirm.TestKit;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Wire.Tests.Dhcp4;

public sealed class Dhcpv4WriterTests
{
    private static readonly byte[] Mac = [0x02, 0x00, 0x00, 0x00, 0x00, 0x11];
    private static readonly Ipv4Address Server = new(0xc0a80101);

    [Fact]
    public void A_golden_offer_is_written_octet_by_octet()
    {
        byte[] buffer = Untouched(548);
        var writer = new Dhcpv4Writer(buffer);
        writer.Header(Dhcpv4Layout.BootReply, 1, 6, 0x4d2a910c, 0, Mac);
        writer.Addresses(Ipv4Address.Any, new Ipv4Address(0xc0a80196), Ipv4Address.Any, Ipv4Address.Any);
        writer.PutU8(53, Dhcpv4MessageType.Offer);
        writer.PutAddress(54, Server);
        writer.PutU32Be(51, 43200);
        writer.PutU32Be(58, 21600);
        writer.PutU32Be(59, 37800);
        writer.PutAddress(1, new Ipv4Address(0xffffff00));
        writer.PutAddress(3, Server);
        Server.Write(writer.Reserve(6, 4));
        writer.PutAscii(15, "lan");
        writer.PutAddress(28, new Ipv4Address(0xc0a801ff));
        writer.PutAddress(42, Server);
        writer.Put(61, [0x01, .. Mac]);
        Assert.True(writer.TryFinish(out int written));
        Assert.Equal(GoldenDhcpv4.Offer, buffer[..written]);
        Assert.All(buffer[written..], octet => Assert.Equal(0xa5, octet));
    }

    [Fact]
    public void A_short_message_is_padded_with_zeros_to_300_octets()
    {
        byte[] buffer = Untouched(400);
        var writer = new Dhcpv4Writer(buffer);
        writer.Header(Dhcpv4Layout.BootReply, 1, 6, 1, 0x8000, Mac);
        writer.Hops(3);
        writer.Secs(0x0102);
        writer.PutU8(53, 6);
        writer.PutU16Be(57, 0x0304);
        Assert.True(writer.TryFinish(out int written));
        Assert.Equal(300, written);
        Assert.Equal([2, 1, 6, 3, 0, 0, 0, 1, 1, 2, 0x80, 0], buffer[..12].Select(o => (int)o));
        Assert.Equal([53, 1, 6, 57, 2, 3, 4, 255], buffer[240..248].Select(o => (int)o));
        Assert.All(buffer[248..300], octet => Assert.Equal(0, octet));
        Assert.All(buffer[300..], octet => Assert.Equal(0xa5, octet));
    }

    [Fact]
    [Trait("Requirement", "DHC-02")]
    public void A_long_value_is_split_in_order_into_pieces_of_at_most_255()
    {
        byte[] value = Enumerable.Range(0, 700).Select(i => (byte)(i * 7)).ToArray();
        byte[] buffer = Untouched(1472);
        var writer = new Dhcpv4Writer(buffer, allowOverload: true);
        writer.Header(2, 1, 6, 1, 0, Mac);
        writer.PutU8(53, 241);
        writer.PutLong(224, value);
        Assert.False(writer.UsesOverload);
        Assert.True(writer.TryFinish(out int written));
        Assert.Equal(240 + 3 + (2 + 255) + (2 + 255) + (2 + 190) + 1, written);
        Assert.Equal((224, 255), (buffer[243], buffer[244]));
        Assert.Equal((224, 255), (buffer[500], buffer[501]));
        Assert.Equal((224, 190), (buffer[757], buffer[758]));
        Assert.Equal(value, Read(buffer.AsSpan(0, written), 224));
    }

    [Fact]
    [Trait("Requirement", "DHC-02")]
    public void Overload_fills_options_then_file_then_sname_and_no_piece_crosses_a_field()
    {
        // 548 octets: options 548-240-1-3 = 304, file 127, sname 63; less 3 for option 53 and 2 for each of four pieces.
        byte[] value = Enumerable.Range(0, 304 - 3 - 4 + 125 + 61).Select(i => (byte)i).ToArray();
        byte[] buffer = Untouched(548);
        var writer = new Dhcpv4Writer(buffer, allowOverload: true);
        writer.Header(2, 1, 6, 1, 0, Mac);
        writer.PutU8(53, 241);
        writer.PutLong(224, value);
        Assert.True(writer.UsesOverload);
        Assert.True(writer.TryFinish(out int written));
        Assert.Equal(548, written);
        Assert.Equal((224, 255), (buffer[243], buffer[244]));
        Assert.Equal((224, 42), (buffer[500], buffer[501]));
        Assert.Equal([52, 1, 3, 255], buffer[544..548].Select(o => (int)o));
        Assert.Equal((224, 125, 255), (buffer[108], buffer[109], buffer[235]));
        Assert.Equal((224, 61, 255), (buffer[44], buffer[45], buffer[107]));
        Assert.Equal(value, Read(buffer, 224));

        writer = new Dhcpv4Writer(buffer, allowOverload: true);
        writer.PutU8(53, 241);
        writer.PutLong(224, [.. value, 0]);
        Assert.True(writer.Overflowed);
        Assert.False(writer.TryFinish(out written));
        Assert.Equal(0, written);
    }

    [Theory]
    [InlineData(297, 0)]
    [InlineData(400, 1)]
    [InlineData(425, 3)]
    public void Option_52_names_the_fields_that_are_used(int length, int overload)
    {
        byte[] buffer = Untouched(548);
        var writer = new Dhcpv4Writer(buffer, allowOverload: true);
        writer.PutU8(53, 241);
        writer.PutLong(224, new byte[length]);
        writer.Header(2, 1, 6, 1, 0, Mac);
        Assert.True(writer.TryFinish(out int written));
        byte[] value = Read(buffer.AsSpan(0, written), 52);
        Assert.Equal(overload == 0 ? [] : [(byte)overload], value);
        Assert.Equal(length, Read(buffer.AsSpan(0, written), 224).Length);
    }

    [Fact]
    [Trait("Requirement", "DHC-03")]
    public void An_ordinary_option_stays_whole_or_overflows()
    {
        byte[] buffer = Untouched(300);
        var writer = new Dhcpv4Writer(buffer);
        writer.Put(15, new byte[57]);
        Assert.True(writer.TryFinish(out int written));
        Assert.Equal(300, written);

        writer = new Dhcpv4Writer(buffer);
        writer.Put(15, new byte[58]);
        writer.PutU8(53, 2);
        Assert.False(writer.TryFinish(out _));

        writer = new Dhcpv4Writer(buffer, allowOverload: true);
        writer.Put(15, new byte[58]);
        writer.PutU8(53, 2);
        writer.Header(2, 1, 6, 1, 0, Mac);
        Assert.True(writer.TryFinish(out written));
        Assert.Equal((15, 58), (buffer[108], buffer[109]));
        Assert.Equal((53, 1, 2), (buffer[240], buffer[241], buffer[242]));

        writer = new Dhcpv4Writer(Untouched(2000));
        writer.Put(15, new byte[256]);
        Assert.True(writer.Overflowed);
    }

    [Fact]
    public void Overflow_is_sticky_and_a_copy_of_the_writer_is_a_savepoint()
    {
        byte[] buffer = Untouched(300);
        var writer = new Dhcpv4Writer(buffer, allowOverload: true);
        writer.Header(2, 1, 6, 1, 0, Mac);
        writer.PutU8(53, 5);
        Dhcpv4Writer savepoint = writer;
        writer.Put(43, new byte[120]);
        writer.Put(43, new byte[120]);
        Assert.True(writer.Overflowed);
        writer.PutU8(19, 1);
        writer.PutLong(224, [1]);
        Assert.True(writer.Reserve(3, 4).IsEmpty);
        Assert.False(writer.TryFinish(out _));
        writer = savepoint;
        writer.PutAddress(54, Server);
        Assert.True(writer.TryFinish(out int written));
        Assert.Equal([53, 1, 5, 54, 4, 0xc0, 0xa8, 1, 1, 255], buffer[240..250].Select(o => (int)o));
        Assert.All(buffer[250..300], octet => Assert.Equal(0, octet));
        Assert.All(buffer[44..236], octet => Assert.Equal(0, octet));
        Assert.Equal(300, written);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(239)]
    [InlineData(299)]
    public void A_buffer_below_300_octets_overflows_and_is_left_alone(int length)
    {
        byte[] buffer = Untouched(length);
        var writer = new Dhcpv4Writer(buffer, allowOverload: true);
        writer.Header(2, 1, 6, 1, 0, Mac);
        writer.Addresses(Server, Server, Server, Server);
        writer.Secs(1);
        writer.Hops(1);
        writer.PutU8(53, 5);
        writer.PutLong(224, new byte[600]);
        Assert.False(writer.TryFinish(out int written));
        Assert.Equal(0, written);
        Assert.All(buffer, octet => Assert.Equal(0xa5, octet));
    }

    [Fact]
    public void What_is_written_is_read_back_for_every_length_and_limit()
    {
        var buffer = new byte[1100];
        foreach (int limit in new[] { 300, 301, 302, 303, 304, 305, 310, 548, 1000 })
        {
            for (int length = 0; length < 900; length++)
            {
                byte[] value = Enumerable.Range(length, length).Select(i => (byte)i).ToArray();
                Array.Fill(buffer, (byte)0xa5);
                var writer = new Dhcpv4Writer(buffer.AsSpan(0, limit), allowOverload: true);
                writer.Header(2, 1, 6, 1, 0, Mac);
                writer.PutU8(53, 241);
                writer.PutLong(224, value);
                bool fits = writer.TryFinish(out int written);
                Assert.Equal(length <= Capacity(limit), fits);
                if (!fits) continue;
                Assert.InRange(written, 300, limit);
                Assert.Equal(value, Read(buffer.AsSpan(0, written), 224));
            }
        }

        // Octets of value in the options field besides option 53, in 255s, and in file and sname.
        static int Capacity(int limit)
        {
            int room = limit - 240 - 1 - 3 - 3, capacity = 125 + 61;
            for (; room > 2; room -= 257) capacity += Math.Min(room - 2, 255);
            return capacity;
        }
    }

    [Fact]
    public void Writing_allocates_nothing()
    {
        var buffer = new byte[548];
        var value = new byte[400];
        Write(buffer, value);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) Write(buffer, value);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Write(byte[] buffer, byte[] value)
        {
            var writer = new Dhcpv4Writer(buffer, allowOverload: true);
            writer.Header(2, 1, 6, 1, 0, Mac);
            writer.PutU8(53, 241);
            writer.PutAscii(12, "camera");
            writer.PutLong(224, value);
            if (!writer.TryFinish(out _)) throw new InvalidOperationException();
        }
    }

    private static byte[] Untouched(int length)
    {
        var buffer = new byte[length];
        Array.Fill(buffer, (byte)0xa5);
        return buffer;
    }

    private static byte[] Read(ReadOnlySpan<byte> message, byte code)
    {
        Assert.True(Dhcpv4Packet.TryParse(message, out Dhcpv4Packet packet, out ParseFault fault), fault.ToString());
        return packet.TryGetOption(code, new byte[2000], out ReadOnlySpan<byte> value) ? value.ToArray() : [];
    }
}
