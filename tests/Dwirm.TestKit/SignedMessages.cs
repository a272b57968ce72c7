using System;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.TestKit;

/// <summary>Option 90 for tests, written independently of the program: literal offsets, and the library's HMAC.</summary>
public static class SignedMessages
{
    /// <summary>Option 90 of RFC 3118 section 5.2 with zeros for the code.</summary>
    public static Dhcpv4Builder Delayed(this Dhcpv4Builder message, uint secretId, ulong counter)
    {
        byte[] value = new byte[31];
        (value[0], value[1]) = (1, 1);
        BinaryPrimitives.WriteUInt64BigEndian(value.AsSpan(3), counter);
        BinaryPrimitives.WriteUInt32BigEndian(value.AsSpan(11), secretId);
        return message.Option(Dhcpv4OptionCode.Authentication, value);
    }

    /// <summary>Asks for delayed authentication (RFC 3118 section 5.5.1).</summary>
    public static Dhcpv4Builder AsksForAuthentication(this Dhcpv4Builder message, ulong counter)
    {
        byte[] value = new byte[11];
        (value[0], value[1]) = (1, 1);
        BinaryPrimitives.WriteUInt64BigEndian(value.AsSpan(3), counter);
        return message.Option(Dhcpv4OptionCode.Authentication, value);
    }

    /// <summary>The message with the code in its option 90, as a client sends it: no relay was there yet.</summary>
    public static byte[] Sign(byte[] message, byte[] key)
    {
        int at = Find(message, Dhcpv4OptionCode.Authentication);
        Span<byte> code = message.AsSpan(at + 2 + message[at + 1] - 16, 16);
        code.Clear();
        Code(message, key).CopyTo(code);
        return message;
    }

    /// <summary>True when the code in option 90 of a message without option 82 is the key's.</summary>
    public static bool IsSigned(byte[] message, byte[] key)
    {
        int at = Find(message, Dhcpv4OptionCode.Authentication);
        if (at < 0) return false;
        byte[] copy = [.. message];
        Span<byte> code = copy.AsSpan(at + 2 + copy[at + 1] - 16, 16);
        code.Clear();
        return Code(copy, key).AsSpan().SequenceEqual(message.AsSpan(at + 2 + message[at + 1] - 16, 16));
    }

    /// <summary>Offset of the option's code octet in the options field, or -1.</summary>
    public static int Find(ReadOnlySpan<byte> message, byte option)
    {
        for (int at = 240; at < message.Length && message[at] != 255;)
        {
            if (message[at] == option) return at;
            at += message[at] == 0 ? 1 : 2 + message[at + 1];
        }
        return -1;
    }

    private static byte[] Code(byte[] message, byte[] key)
    {
        byte[] copy = [.. message];
        copy[3] = 0;
        copy.AsSpan(24, 4).Clear();
#pragma warning disable CA5351 // The protocol's algorithm.
        return HMACMD5.HashData(key, copy);
#pragma warning restore CA5351
    }
}
