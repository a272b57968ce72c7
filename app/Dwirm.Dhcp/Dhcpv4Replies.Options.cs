using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Dwirm.Dhcp.Options;
using Dwirm.Wire;
using Dwirm.Wire.Dhcp4;

namespace Dwirm.Dhcp;

/// <content>The parameters: what the client asked for, what is forced on it, and what is told to a booting one.</content>
public static partial class Dhcpv4Replies
{
    /// <summary>Codes sent to a client without a parameter request list, before what is configured.</summary>
    private static ReadOnlySpan<byte> DefaultRequest =>
    [
        Dhcpv4OptionCode.Router, Dhcpv4OptionCode.DnsServer, Dhcpv4OptionCode.HostName, Dhcpv4OptionCode.DomainName,
        Dhcpv4OptionCode.BroadcastAddress,
    ];

    /// <summary>What a client with little room gets before anything else it asked for.</summary>
    private static ReadOnlySpan<byte> EssentialRequest => [Dhcpv4OptionCode.Router, Dhcpv4OptionCode.DnsServer];

    /// <summary>What is sent without being configured: an empty value of these means "not at all".</summary>
    private static ReadOnlySpan<byte> SentByDefault =>
    [
        Dhcpv4OptionCode.SubnetMask, Dhcpv4OptionCode.Router, Dhcpv4OptionCode.DnsServer, Dhcpv4OptionCode.HostName,
        Dhcpv4OptionCode.DomainName, Dhcpv4OptionCode.BroadcastAddress,
    ];

    /// <summary>T1 is half, T2 seven eighths of the lease time (RFC 2131 section 4.4.5); an infinite lease has neither.</summary>
    private static void WriteTimes(in Dhcpv4Decision decision, ref Dhcpv4Writer writer)
    {
        if (decision.LeaseSeconds == long.MaxValue)
        {
            writer.PutU32Be(Dhcpv4OptionCode.LeaseTime, uint.MaxValue);
            return;
        }
        uint lease = (uint)Math.Clamp(decision.LeaseSeconds, 1, uint.MaxValue - 1);
        writer.PutU32Be(Dhcpv4OptionCode.LeaseTime, lease);
        WriteTime(Dhcpv4OptionCode.RenewalTime, lease / 2, decision, ref writer);
        WriteTime(Dhcpv4OptionCode.RebindingTime, (uint)((ulong)lease * 7 / 8), decision, ref writer);
    }

    private static void WriteTime(byte code, uint seconds, in Dhcpv4Decision decision, ref Dhcpv4Writer writer)
    {
        if (Find(code, decision) is { Value.Length: 4 } rule) writer.Put(code, rule.Value);
        else writer.PutU32Be(code, seconds);
    }

    /// <summary>
    /// The subnet mask always and first (it MUST stand before the routers, RFC 2132 section 3.3), then what the client asked for in its order
    /// (section 9.8), then what is forced, each code once; then what stands inside other options. A client without a list is told everything.
    /// </summary>
    private static void WriteParameters(in Dhcpv4Packet request, in Dhcpv4Decision decision, in Tail tail, ref Dhcpv4Writer writer)
    {
        Span<ulong> done = stackalloc ulong[4];
        done.Clear();
        WriteOnce(Dhcpv4OptionCode.SubnetMask, decision, tail, done, ref writer);
        bool listed = request.HasOption(Dhcpv4OptionCode.ParameterRequestList);
        foreach (byte code in EssentialRequest)
        {
            if (tail.IsTight && (!listed || request.Requests(code))) WriteOnce(code, decision, tail, done, ref writer);
        }
        foreach (Dhcpv4Option option in request.Options)
        {
            if (option.Code != Dhcpv4OptionCode.ParameterRequestList) continue;
            foreach (byte code in option.Value) WriteOnce(code, decision, tail, done, ref writer);
        }
        if (!listed)
        {
            foreach (byte code in DefaultRequest) WriteOnce(code, decision, tail, done, ref writer);
        }
        if (decision.Options is not { } options) return;
        if (!listed || options.HasForced)
        {
            foreach (Dhcpv4OptionRule rule in options.Rules)
            {
                if (rule.Container != Dhcpv4Container.None || Find(rule.Code, decision) is not { } counts) continue;
                // Without a list the names of a boot stand in their fields.
                bool inField = rule.Code is Dhcpv4OptionCode.TftpServerName or Dhcpv4OptionCode.BootFileName;
                if (counts.Force || (!listed && !inField)) WriteOnce(rule.Code, decision, tail, done, ref writer);
            }
        }
        if (!options.HasContained) return;
        Dhcpv4Writer before = writer;
        WriteContained(request, decision, options, !listed, done, ref writer);
        if (!tail.LeavesRoom(writer)) writer = before;
    }

    private static void WriteOnce(byte code, in Dhcpv4Decision decision, in Tail tail, scoped Span<ulong> done, ref Dhcpv4Writer writer)
    {
        ulong bit = 1UL << (code % 64);
        if ((done[code / 64] & bit) != 0) return;
        done[code / 64] |= bit;
        Dhcpv4Writer before = writer;
        WriteParameter(code, decision, ref writer);
        if (!tail.LeavesRoom(writer)) writer = before;
    }

    private static bool IsDone(byte code, scoped ReadOnlySpan<ulong> done) => (done[code / 64] & (1UL << (code % 64))) != 0;

    private static Dhcpv4OptionRule? Find(byte code, in Dhcpv4Decision decision) =>
        decision.Options?.Find(code, decision.Tags, decision.RangeTags);

    private static void WriteParameter(byte code, in Dhcpv4Decision decision, ref Dhcpv4Writer writer)
    {
        // Times have been written already.
        if (code is Dhcpv4OptionCode.RenewalTime or Dhcpv4OptionCode.RebindingTime) return;
        if (code is Dhcpv4OptionCode.BootFileName or Dhcpv4OptionCode.TftpServerName)
        {
            WriteBootName(code, decision, ref writer);
            return;
        }
        if (Find(code, decision) is { } rule)
        {
            if (rule.Value.Length > 0 || !SentByDefault.Contains(code)) writer.Put(code, rule.Value);
            return;
        }
        Dhcpv4NetworkConfig network = decision.Network!;
        switch (code)
        {
            case Dhcpv4OptionCode.SubnetMask: writer.PutAddress(code, network.RouterPrefix.Mask); break;
            case Dhcpv4OptionCode.Router: WriteAddresses(code, network.Routers, ref writer); break;
            case Dhcpv4OptionCode.DnsServer: WriteAddresses(code, network.Dns, ref writer); break;
            case Dhcpv4OptionCode.NtpServer: WriteAddresses(code, network.Ntp, ref writer); break;
            case Dhcpv4OptionCode.BroadcastAddress: writer.PutAddress(code, network.RouterPrefix.BroadcastAddress); break;
            case Dhcpv4OptionCode.HostName: WriteText(code, decision.StaticName ?? "", ref writer); break;
            case Dhcpv4OptionCode.DomainName: WriteText(code, network.Domain, ref writer); break;
            case Dhcpv4OptionCode.PosixTimeZone: WriteText(code, network.ZonePosix, ref writer); break;
            case Dhcpv4OptionCode.TzDatabaseTimeZone: WriteText(code, network.ZoneName, ref writer); break;
            default: break;
        }
    }

    /// <summary>Options that stand inside others: option 43 for the client's vendor, any outer option, and option 125 per enterprise.</summary>
    private static void WriteContained(in Dhcpv4Packet request, in Dhcpv4Decision decision, OptionTable options, bool all, scoped Span<ulong> done,
        ref Dhcpv4Writer writer)
    {
        TagSet tags = decision.Tags | decision.RangeTags;
        Span<byte> scratch = stackalloc byte[255];
        if (request.TryGetOption(Dhcpv4OptionCode.VendorClass, scratch, out ReadOnlySpan<byte> vendor) &&
            Find(Dhcpv4OptionCode.VendorSpecific, decision) is null)
        {
            WriteVendor(request, decision, options, all, vendor, done, ref writer);
        }
        Span<byte> value = stackalloc byte[byte.MaxValue];
        ReadOnlySpan<Dhcpv4OptionRule> rules = options.Rules;
        for (int i = 0; i < rules.Length; i++)
        {
            Dhcpv4OptionRule first = rules[i];
            if (first.Container < Dhcpv4Container.Encapsulated || HasEarlier(rules[..i], first)) continue;
            byte outer = first.Container == Dhcpv4Container.Enterprise ? Dhcpv4OptionCode.VendorIdentifyingOptions : (byte)first.Outer;
            bool asked = all || request.Requests(outer);
            int length = first.Container == Dhcpv4Container.Enterprise ? 5 : 0, start = length;
            // The last of the configuration comes first, as dnsmasq has it.
            for (int k = rules.Length - 1; k >= 0; k--)
            {
                Dhcpv4OptionRule rule = rules[k];
                if (rule.Container != first.Container || rule.Outer != first.Outer || !(asked || rule.Force)) continue;
                if (rule.Condition.Holds(tags)) Append(rule, value[..^1], ref length);
            }
            if (length == start) continue;
            if (first.Container == Dhcpv4Container.Enterprise)
            {
                BinaryPrimitives.WriteUInt32BigEndian(value, first.Outer);
                value[4] = (byte)(length - start);
            }
            else value[length++] = Dhcpv4OptionCode.End;
            writer.Put(outer, value[..length]);
        }
    }

    private static bool HasEarlier(ReadOnlySpan<Dhcpv4OptionRule> before, Dhcpv4OptionRule rule)
    {
        foreach (Dhcpv4OptionRule other in before)
        {
            if (other.Container == rule.Container && other.Outer == rule.Outer) return true;
        }
        return false;
    }

    /// <summary>Option 43, and option 60 back as it came: boot ROMs know their vendor's answer by it.</summary>
    private static void WriteVendor(in Dhcpv4Packet request, in Dhcpv4Decision decision, OptionTable options, bool all,
        scoped ReadOnlySpan<byte> vendor, scoped Span<ulong> done, ref Dhcpv4Writer writer)
    {
        TagSet tags = decision.Tags | decision.RangeTags;
        Span<byte> value = stackalloc byte[byte.MaxValue];
        int length = 0;
        bool wanted = all || request.Requests(Dhcpv4OptionCode.VendorSpecific);
        ReadOnlySpan<Dhcpv4OptionRule> rules = options.Rules;
        for (int i = rules.Length - 1; i >= 0; i--)
        {
            if (!rules[i].IsForVendor(vendor, tags)) continue;
            wanted |= rules[i].Force;
            Append(rules[i], value[..^1], ref length);
        }
        if (!wanted || length == 0) return;
        value[length++] = Dhcpv4OptionCode.End;
        writer.Put(Dhcpv4OptionCode.VendorSpecific, value[..length]);
        if (Find(Dhcpv4OptionCode.VendorClass, decision) is null || !IsDone(Dhcpv4OptionCode.VendorClass, done))
            writer.Put(Dhcpv4OptionCode.VendorClass, vendor);
    }

    /// <summary>A sub-option that has no room is left out: one option has 255 octets.</summary>
    private static void Append(Dhcpv4OptionRule rule, Span<byte> value, ref int length)
    {
        if (2 + rule.Value.Length > value.Length - length) return;
        value[length] = rule.Code;
        value[length + 1] = (byte)rule.Value.Length;
        rule.Value.CopyTo(value[(length + 2)..]);
        length += 2 + rule.Value.Length;
    }

    /// <summary>
    /// File and server name, as fields, or as options 66 and 67 where the client asks for these; configured options 66 and 67 go to the fields of
    /// a client that does not ask for them. Returns siaddr, the next server; 0 where nobody boots.
    /// </summary>
    private static Ipv4Address WriteBoot(in Dhcpv4Packet request, in Dhcpv4Decision decision, ref Dhcpv4Writer writer)
    {
        ReadOnlySpan<byte> file = default, server = default;
        Ipv4Address next = default;
        if (BootOf(decision) is { } boot)
        {
            file = boot.File;
            server = boot.ServerName;
            next = boot.ServerAddress;
        }
        else
        {
            if (Find(Dhcpv4OptionCode.BootFileName, decision) is { Force: false } name) file = name.Value;
            if (Find(Dhcpv4OptionCode.TftpServerName, decision) is { Force: false } tftp) server = tftp.Value;
            if (Find(Dhcpv4OptionCode.End, decision) is { Value.Length: Ipv4Address.Size } address) next = Ipv4Address.Read(address.Value);
        }
        // Whoever is told a file and no server takes it from here.
        if (next.IsAny && !file.IsEmpty) next = decision.Network!.RouterPrefix.Address;
        if (!file.IsEmpty && !request.Requests(Dhcpv4OptionCode.BootFileName)) writer.BootFile(file);
        if (!server.IsEmpty && !request.Requests(Dhcpv4OptionCode.TftpServerName)) writer.ServerName(server);
        return next;
    }

    /// <summary>Boot ROMs read the names of options 66 and 67 as they read the fields: up to a zero.</summary>
    private static void WriteBootName(byte code, in Dhcpv4Decision decision, ref Dhcpv4Writer writer)
    {
        ReadOnlySpan<byte> name = Find(code, decision)?.Value;
        if (BootOf(decision) is { } boot && name.IsEmpty) name = code == Dhcpv4OptionCode.BootFileName ? boot.File : boot.ServerName;
        if (name.IsEmpty || name.Length == byte.MaxValue) return;
        Span<byte> value = writer.Reserve(code, name.Length + 1);
        if (value.IsEmpty) return;
        name.CopyTo(value);
        value[^1] = 0;
    }

    private static Dhcpv4BootRule? BootOf(in Dhcpv4Decision decision)
    {
        TagSet tags = decision.Tags | decision.RangeTags;
        Dhcpv4BootRule? plain = null;
        IReadOnlyList<Dhcpv4BootRule> boots = decision.Network!.Boots;
        for (int i = boots.Count - 1; i >= 0; i--)
        {
            if (boots[i].Condition.IsEmpty) plain ??= boots[i];
            else if (boots[i].Condition.Holds(tags)) return boots[i];
        }
        return plain;
    }

    /// <summary>
    /// Client FQDN (RFC 4702 section 4), only to a client that sent it: the name it has here, in the form it used. The router's DNS follows the
    /// leases, so the server updates (S), which overrides (O) a client that wanted to do it itself; it never says that nobody does (N).
    /// </summary>
    private static void WriteFqdn(in Dhcpv4Packet request, in Dhcpv4Decision decision, ref Dhcpv4Writer writer)
    {
        const byte ServerUpdates = 0x01, Override = 0x02, WireForm = 0x04;
        Span<byte> scratch = stackalloc byte[byte.MaxValue];
        if (!request.TryGetOption(Dhcpv4OptionCode.ClientFqdn, scratch, out ReadOnlySpan<byte> asked) || asked.Length < 3) return;
        string host = decision.Lease?.Hostname ?? "", domain = decision.Network!.Domain;
        if (host.Length == 0) return;
        bool wire = (asked[0] & WireForm) != 0;
        Span<byte> value = stackalloc byte[byte.MaxValue];
        value[0] = (byte)(ServerUpdates | (asked[0] & WireForm) | ((asked[0] & ServerUpdates) == 0 ? Override : 0));
        value[1] = value[2] = byte.MaxValue;                // "reserved: 255", RFC 4702 section 2.2
        int length = 3;
        AppendName(host, wire, value, ref length);
        if (domain.Length > 0)
        {
            if (!wire) value[length++] = (byte)'.';
            AppendName(domain, wire, value, ref length);
        }
        if (wire) value[length++] = 0;
        writer.Put(Dhcpv4OptionCode.ClientFqdn, value[..length]);
    }

    /// <summary>A host label has at most 63 characters; a domain that would not fit is cut at a label.</summary>
    private static void AppendName(ReadOnlySpan<char> name, bool wire, Span<byte> value, ref int length)
    {
        bool first = true;
        foreach (Range range in name.Split('.'))
        {
            ReadOnlySpan<char> label = name[range];
            if (label.Length is 0 or > HostLabel.MaximumLength || length + label.Length + 2 > value.Length) return;
            if (wire) value[length++] = (byte)label.Length;
            else if (!first) value[length++] = (byte)'.';
            first = false;
            foreach (char c in label) value[length++] = c < 0x80 ? (byte)c : (byte)'?';
        }
    }

    private static void WriteAddresses(byte code, IReadOnlyList<Ipv4Address> addresses, ref Dhcpv4Writer writer)
    {
        int count = Math.Min(addresses.Count, byte.MaxValue / Ipv4Address.Size);
        if (count == 0) return;
        Span<byte> value = writer.Reserve(code, count * Ipv4Address.Size);
        for (int i = 0; i < count && !value.IsEmpty; i++) addresses[i].Write(value[(i * Ipv4Address.Size)..]);
    }

    private static void WriteText(byte code, string text, ref Dhcpv4Writer writer)
    {
        if (text.Length is > 0 and <= byte.MaxValue) writer.PutAscii(code, text);
    }
}
