using System;

namespace Dwirm.Wire.Dns;

/// <summary>Domain names on the wire (RFC 1035 sections 3.1 and 4.1.4).</summary>
public static class DnsName
{
    /// <summary>Longest name in octets on the wire.</summary>
    public const int MaxSize = 255;

    /// <summary>Longest label in octets.</summary>
    public const int MaxLabel = 63;

    private const int MaxPointers = 32;

    /// <summary>Writes a name uncompressed.</summary>
    /// <param name="name">Labels of letters, digits, '-' and '_' separated by dots; a final dot is allowed.</param>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="written">Octets, the root's zero included.</param>
    /// <returns>False when it is not such a name, or does not fit.</returns>
    public static bool TryWrite(ReadOnlySpan<char> name, Span<byte> buffer, out int written)
    {
        written = 0;
        if (name.EndsWith('.')) name = name[..^1];
        if (name.IsEmpty || name.Length > MaxSize - 2 || buffer.Length < name.Length + 2) return false;
        int label = 0, at = 1;
        foreach (char c in name)
        {
            if (c == '.')
            {
                if (!Close(buffer, label, at)) return false;
                label = at++;
            }
            else
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')) return false;
                buffer[at++] = (byte)c;
            }
        }
        if (!Close(buffer, label, at)) return false;
        buffer[at++] = 0;
        written = at;
        return true;
    }

    /// <summary>
    /// Reads a name, compressed or not, as lower-case text without the final dot; octets that are no host name's become '?'.
    /// </summary>
    /// <param name="message">The whole message.</param>
    /// <param name="offset">Where the name starts; afterwards, where what follows it starts.</param>
    /// <param name="text">Receives the text; at least <see cref="MaxSize"/> characters.</param>
    /// <param name="length">Characters; 0 for the root.</param>
    /// <returns>False when it overruns, is too long, or its pointers do not lead strictly backwards.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, ref int offset, Span<char> text, out int length)
    {
        int count = 0, at = offset, lowest = offset;
        bool jumped = false;
        length = 0;
        for (int pointers = 0; at < message.Length;)
        {
            int head = message[at];
            if (head == 0)
            {
                if (!jumped) offset = at + 1;
                length = Math.Max(0, count - 1);
                return true;
            }
            if (head >= 0xc0)
            {
                if (at + 1 >= message.Length || ++pointers > MaxPointers) return false;
                if (!jumped) offset = at + 2;
                jumped = true;
                at = ((head & 0x3f) << 8) | message[at + 1];
                // Only to what came before: no loop can be built.
                if (at >= lowest) return false;
                lowest = at;
                continue;
            }
            if (head > MaxLabel || at + 1 + head > message.Length || count + head + 1 > MaxSize - 1) return false;
            foreach (byte octet in message.Slice(at + 1, head)) text[count++] = Clean(octet);
            text[count++] = '.';
            at += 1 + head;
        }
        return false;
    }

    /// <summary>Steps over a name, compressed or not.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="offset">Where the name starts; afterwards, where what follows it starts.</param>
    /// <returns>False where <see cref="TryRead"/> says so.</returns>
    public static bool TrySkip(ReadOnlySpan<byte> message, ref int offset)
    {
        Span<char> text = stackalloc char[MaxSize];
        return TryRead(message, ref offset, text, out _);
    }

    private static char Clean(byte octet) =>
        char.IsAsciiLetterOrDigit((char)octet) || octet is (byte)'-' or (byte)'_' ? char.ToLowerInvariant((char)octet) : '?';

    private static bool Close(Span<byte> buffer, int label, int end)
    {
        int length = end - label - 1;
        if (length is < 1 or > MaxLabel) return false;
        buffer[label] = (byte)length;
        return true;
    }
}
