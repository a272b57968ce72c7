using System;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Fuzz.Targets;

/// <summary>
/// Option 90 of any message: no message of strangers is proven by a key they do not have; one that we sign is proven, and any change of it that
/// the mutator makes is not, unless it only touched hops and giaddr.
/// </summary>
public sealed class AuthTarget : IFuzzTarget
{
    private static readonly byte[] Key = [7, 1, 6, 2, 5, 3, 4, 0, 8, 15, 9, 14, 10, 13, 11, 12];
    private readonly byte[] _buffer = new byte[4096];
    private readonly byte[] _changed = new byte[4096];

    /// <inheritdoc/>
    public string Name => "auth";

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<byte> input)
    {
        if (Dhcpv4Packet.TryParse(input, out Dhcpv4Packet packet, out _))
        {
            Dhcpv4Authentication option = Dhcpv4Authentication.Read(packet);
            FuzzException.Unless((option.Form == AuthenticationForm.Absent) == !packet.HasOption(Dhcpv4OptionCode.Authentication), "an option 90 is seen");
            FuzzException.Unless(!option.IsMadeWith(packet, Key), "nobody guesses a code");
            if (option.Form == AuthenticationForm.Nonce) option.CopyNonce(packet, _changed);
            SignAgain(packet);
        }
        if (input.Length < 4) return;
        Tamper(input);
    }

    /// <summary>The options of a stranger's message under a signature of ours.</summary>
    private void SignAgain(in Dhcpv4Packet packet)
    {
        var writer = new Dhcpv4Writer(_buffer);
        writer.Header(packet.Op, packet.HardwareType, packet.HardwareLength, packet.Xid, packet.Flags, packet.ChaddrBytes);
        writer.Addresses(packet.Ciaddr, packet.Yiaddr, packet.Siaddr, packet.Giaddr);
        Dhcpv4Signature signature = Dhcpv4Signature.Delayed(packet.Xid, 1, Key);
        signature.Put(ref writer);
        int relays = 0;
        foreach (Dhcpv4Option option in packet.Options)
        {
            if (option.Code is Dhcpv4OptionCode.Authentication or Dhcpv4OptionCode.Overload) continue;
            if (option.Code == Dhcpv4OptionCode.RelayAgentInformation && (option.Value.IsEmpty || relays++ > 0)) continue;
            writer.Put(option.Code, option.Value);
        }
        if (!writer.TryFinish(out int written)) return;
        Span<byte> message = _buffer.AsSpan(0, written);
        FuzzException.Unless(signature.Complete(message), "what is written can be signed");
        FuzzException.Unless(IsProven(message), "what is signed is proven");
        // A relay on the way.
        message[3] ^= 1;
        message[24] ^= 0x55;
        FuzzException.Unless(IsProven(message), "relays may change hops and giaddr");
    }

    /// <summary>The input says where to change a signed message, and how.</summary>
    private void Tamper(ReadOnlySpan<byte> input)
    {
        var writer = new Dhcpv4Writer(_buffer);
        writer.Header(1, 1, 6, 1, 0, [2, 0, 0, 0, 0, 1]);
        writer.PutU8(Dhcpv4OptionCode.MessageType, 240);
        Dhcpv4Signature signature = Dhcpv4Signature.Delayed(9, 1, Key);
        signature.Put(ref writer);
        writer.PutLong(Dhcpv4OptionCode.DefaultProfile, input[..Math.Min(input.Length, 600)]);
        FuzzException.Unless(writer.TryFinish(out int written) && signature.Complete(_buffer.AsSpan(0, written)), "it fits");
        _buffer.AsSpan(0, written).CopyTo(_changed);
        bool matters = false;
        for (int i = 0; i + 3 < input.Length && i < 32; i += 4)
        {
            int at = (input[i] << 8 | input[i + 1]) % written;
            _changed[at] ^= input[i + 2];
        }
        for (int at = 0; at < written; at++) matters |= _changed[at] != _buffer[at] && at != 3 && at is < 24 or > 27;
        // What a relay inserts is not covered by the code, and looks like this.
        if (!matters || !Dhcpv4Packet.TryParse(_changed.AsSpan(0, written), out Dhcpv4Packet packet, out _)) return;
        if (packet.HasOption(Dhcpv4OptionCode.RelayAgentInformation)) return;
        FuzzException.Unless(!Dhcpv4Authentication.Read(packet).IsMadeWith(packet, Key), "no change goes unseen");
    }

    private static bool IsProven(ReadOnlySpan<byte> message) =>
        Dhcpv4Packet.TryParse(message, out Dhcpv4Packet packet, out _) && Dhcpv4Authentication.Read(packet).IsMadeWith(packet, Key);
}
