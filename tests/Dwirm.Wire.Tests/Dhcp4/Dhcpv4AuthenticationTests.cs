using System;
using System.Linq;
using Dwirm.TestKit;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Wire.Tests.Dhcp4;

/// <summary>Option 90: which messages are proven, and which are not. The signer of the tests shares no code with the program.</summary>
[Trait("Requirement", "DHC-07")]
public class Dhcpv4AuthenticationTests
{
    private const uint SecretId = 0xdeadbeef;
    private static readonly MacAddress Mac = new(0x020000000001);
    private static readonly byte[] Key = [.. Enumerable.Range(1, 16).Select(i => (byte)i)];

    [Fact]
    public void A_signed_message_is_read_and_proven()
    {
        byte[] message = Signed();
        Assert.Equal(AuthenticationForm.Delayed, Read(message, out ulong counter, out uint secretId));
        Assert.Equal((0x0102030405060708ul, SecretId), (counter, secretId));
        Assert.True(IsProven(message));
        Assert.False(IsProven(message, [.. Key.Select(octet => (byte)(octet ^ 1))]));
    }

    [Fact]
    public void Every_octet_counts_but_hops_and_giaddr()
    {
        byte[] message = Signed();
        for (int at = 0; at < message.Length; at++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] changed = [.. message];
                changed[at] ^= (byte)(1 << bit);
                Assert.Equal(at is 3 or (>= 24 and < 28), IsProven(changed));
            }
        }
    }

    [Fact]
    public void A_shorter_or_longer_message_is_another()
    {
        byte[] message = Signed();
        Assert.False(IsProven([.. message, 0]));
        Assert.False(IsProven(message[..^1]));
    }

    [Theory]
    [InlineData(0, 0)]      // a message that is longer than 300 octets anyway: the relay only inserts
    [InlineData(300, 0)]    // padding kept behind the inserted option
    [InlineData(300, 1)]    // padding used up for it
    [InlineData(300, 2)]    // padding cut off, and padded to 300 anew
    [InlineData(576, 1)]
    public void A_relay_may_change_hops_and_giaddr_and_insert_option_82(int clientLength, int padding)
    {
        byte[] message = Signed(clientLength);
        byte[] relayed = Relay(message, [1, 4, (byte)'e', (byte)'t', (byte)'h', (byte)'0'], padding);
        Assert.True(IsProven(relayed));
        int code = SignedMessages.Find(relayed, 90) + 2 + 15;
        relayed[code] ^= 1;
        Assert.False(IsProven(relayed));
    }

    [Fact]
    public void What_a_relay_inserts_covers_for_no_other_change()
    {
        byte[] relayed = Relay(Signed(300), [1, 1, 7], 1);
        int end = 240 + relayed.AsSpan(240).IndexOf((byte)82);
        for (int at = 0; at < end; at++)
        {
            byte[] changed = [.. relayed];
            changed[at] ^= 0x40;
            if (at is 3 or (>= 24 and < 28)) Assert.True(IsProven(changed));
            else Assert.False(IsProven(changed));
        }
    }

    [Fact]
    public void Option_90_is_found_in_file_and_sname_too()
    {
        foreach (int field in (int[])[108, 44])
        {
            byte[] message = Dhcpv4Builder.DwirmClient(Mac, "{}").Option(52, (byte)(field == 108 ? 1 : 2)).PadTo(300).Build();
            message[field] = 90;
            message[field + 1] = 31;
            (message[field + 2], message[field + 3]) = (1, 1);
            SecretIdInto(message, field + 2 + 11);
            message[field + 33] = 255;
            byte[] code = [.. message];
            code[3] = 0;
            code.AsSpan(24, 4).Clear();
#pragma warning disable CA5351 // The protocol's algorithm, here as the oracle.
            System.Security.Cryptography.HMACMD5.HashData(Key, code).CopyTo(message, field + 2 + 15);
#pragma warning restore CA5351
            Assert.Equal(AuthenticationForm.Delayed, Read(message, out _, out _));
            Assert.True(IsProven(message));
            message[field + 2 + 15] ^= 1;
            Assert.False(IsProven(message));
        }
    }

    [Fact]
    public void What_is_ambiguous_is_malformed()
    {
        Assert.Equal(AuthenticationForm.Malformed, Form(Start().Delayed(SecretId, 1).Delayed(SecretId, 2)));
        Assert.Equal(AuthenticationForm.Malformed, Form(Start().Delayed(SecretId, 1).AsksForAuthentication(2)));
        Assert.Equal(AuthenticationForm.Malformed, Form(Start().Delayed(SecretId, 1).Option(82, 1, 1, 1).Option(82, 1, 1, 1)));
        Assert.Equal(AuthenticationForm.Malformed, Form(Start().Delayed(SecretId, 1).Option(82)));
        for (int length = 0; length <= 40; length++)
        {
            byte[] value = new byte[length];
            if (length > 1) (value[0], value[1]) = (1, 1);
            AuthenticationForm expected = length switch { 11 => AuthenticationForm.Request, 31 => AuthenticationForm.Delayed, _ => AuthenticationForm.Malformed };
            Assert.Equal(expected, Form(Start().Option(90, value)));
        }
        byte[] overloaded = Start().Option(52, 1).Delayed(SecretId, 1).PadTo(300).Build();
        (overloaded[108], overloaded[109], overloaded[113]) = (82, 3, 255);
        Assert.Equal(AuthenticationForm.Malformed, Read(overloaded, out _, out _));
    }

    [Theory]
    [InlineData(0, 0, 0, AuthenticationForm.Foreign)]       // a token in clear text
    [InlineData(1, 2, 0, AuthenticationForm.Foreign)]
    [InlineData(1, 1, 1, AuthenticationForm.Foreign)]
    [InlineData(2, 1, 0, AuthenticationForm.Foreign)]
    [InlineData(3, 1, 0, AuthenticationForm.Malformed)]     // the length of RFC 3118 under RFC 6704's protocol
    public void Other_protocols_are_known_as_such(byte protocol, byte algorithm, byte rdm, AuthenticationForm expected)
    {
        byte[] value = new byte[31];
        (value[0], value[1], value[2]) = (protocol, algorithm, rdm);
        byte[] message = Start().Option(90, value).PadTo(300).Build();
        Assert.Equal(expected, Read(message, out _, out _));
        Assert.False(IsProven(SignedMessages.Sign(message, Key)));
    }

    [Fact]
    public void No_option_is_no_fault_and_no_proof()
    {
        byte[] message = Start().PadTo(300).Build();
        Assert.Equal(AuthenticationForm.Absent, Read(message, out _, out _));
        Assert.False(IsProven(message));
    }

    [Fact]
    public void What_the_program_signs_the_tests_prove_and_the_other_way_round()
    {
        byte[] delayed = Write(Dhcpv4Signature.Delayed(7, SecretId, Key));
        Assert.True(SignedMessages.IsSigned(delayed, Key));
        Assert.True(IsProven(delayed));
        byte[] nonceCode = Write(Dhcpv4Signature.NonceCode(7, Key));
        Assert.Equal(AuthenticationForm.NonceCode, Read(nonceCode, out ulong counter, out _));
        Assert.Equal(7ul, counter);
        Assert.True(SignedMessages.IsSigned(nonceCode, Key));
        Assert.True(IsProven(nonceCode));
        byte[] request = Write(Dhcpv4Signature.Request(9));
        Assert.Equal(AuthenticationForm.Request, Read(request, out counter, out _));
        Assert.Equal(9ul, counter);
        Assert.False(IsProven(request));
    }

    [Fact]
    [Trait("Requirement", "DHC-12")]
    public void A_nonce_is_handed_over_as_RFC_6704_draws_it()
    {
        byte[] message = Write(Dhcpv4Signature.Nonce(0x1122334455667788, Key));
        int at = SignedMessages.Find(message, 90);
        Assert.Equal(Convert.FromHexString("5A1C030100112233445566778801" + Convert.ToHexString(Key)), message[at..(at + 30)]);
        Assert.True(Dhcpv4Packet.TryParse(message, out Dhcpv4Packet packet, out _));
        byte[] nonce = new byte[16];
        Dhcpv4Authentication.Read(packet).CopyNonce(packet, nonce);
        Assert.Equal(Key, nonce);
    }

    private static byte[] Write(Dhcpv4Signature signature)
    {
        byte[] buffer = new byte[600];
        Array.Fill(buffer, (byte)0xa5);
        var writer = new Dhcpv4Writer(buffer);
        writer.Header(2, 1, 6, 1, 0, [2, 0, 0, 0, 0, 1]);
        writer.PutU8(53, 5);
        signature.Put(ref writer);
        Assert.True(writer.TryFinish(out int written));
        Assert.True(signature.Complete(buffer.AsSpan(0, written)));
        return buffer[..written];
    }

    private static Dhcpv4Builder Start() => Dhcpv4Builder.DwirmClient(Mac, """{"IoT Profile":{}}""");

    private static byte[] Signed(int length = 300) =>
        SignedMessages.Sign(Start().Delayed(SecretId, 0x0102030405060708).Option(12, 99, 97, 109).Raw(length == 0 ? new byte[100] : []).PadTo(length).Build(), Key);

    private static byte[] Relay(byte[] message, byte[] information, int padding)
    {
        int end = 240;
        while (message[end] != 255) end += message[end] == 0 ? 1 : 2 + message[end + 1];
        byte[] rest = message[(end + 1)..];
        if (padding == 1) rest = rest[..Math.Max(0, rest.Length - 2 - information.Length)];
        if (padding == 2) rest = [];
        byte[] relayed = [.. message[..end], 82, (byte)information.Length, .. information, 255, .. rest];
        if (padding == 2 && relayed.Length < 300) relayed = [.. relayed, .. new byte[300 - relayed.Length]];
        relayed[3] = 1;
        relayed[24] = 10;
        return relayed;
    }

    private static void SecretIdInto(byte[] message, int at) => System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(at), SecretId);

    private static AuthenticationForm Form(Dhcpv4Builder message) => Read(message.PadTo(300).Build(), out _, out _);

    private static AuthenticationForm Read(byte[] message, out ulong counter, out uint secretId)
    {
        Assert.True(Dhcpv4Packet.TryParse(message, out Dhcpv4Packet packet, out _));
        Dhcpv4Authentication option = Dhcpv4Authentication.Read(packet);
        (counter, secretId) = (option.Counter, option.SecretId);
        return option.Form;
    }

    private static bool IsProven(byte[] message, byte[]? key = null) =>
        Dhcpv4Packet.TryParse(message, out Dhcpv4Packet packet, out _) && Dhcpv4Authentication.Read(packet).IsMadeWith(packet, key ?? Key);
}
