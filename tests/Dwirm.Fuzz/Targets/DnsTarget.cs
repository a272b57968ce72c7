using System;
using Dwirm.Wire;
using Dwirm.Wire.Dns;

namespace Dwirm.Fuzz.Targets;

/// <summary>Reads a DNS response; the name that was asked for, if it is a host name, is asked again and comes back.</summary>
public sealed class DnsTarget : IFuzzTarget
{
    private readonly byte[] _buffer = new byte[512];

    /// <inheritdoc/>
    public string Name => "dns";

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<byte> input)
    {
        if (!DnsMessage.TryParse(input, out DnsMessage? message)) return;
        FuzzException.Unless(message.QuestionName.Length < DnsName.MaxSize, "a name is bounded");
        FuzzException.Unless(message.Addresses4.Count + message.Addresses6.Count <= DnsMessage.MaxRecords, "answers are bounded");
        foreach (DnsAddress<Ipv4Address> address in message.Addresses4) FuzzException.Unless(address.TtlSeconds <= int.MaxValue, "a TTL has 31 bits");
        foreach (char c in message.QuestionName) FuzzException.Unless(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.' or '?', "a name is printable");

        if (!DnsMessage.TryWriteQuery(message.QuestionName, message.QuestionType, message.Id, _buffer, out int written)) return;
        _buffer[2] |= 0x80;             // the question alone, as a response without answers
        FuzzException.Unless(DnsMessage.TryParse(_buffer.AsSpan(0, written), out DnsMessage? again), "what was written can be read");
        FuzzException.Unless(again!.QuestionName == message.QuestionName && again.QuestionType == message.QuestionType && again.Id == message.Id, "the question comes back");
    }
}
