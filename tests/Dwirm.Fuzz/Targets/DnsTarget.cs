using System;
using Dwirm.Wire.Dns;

namespace Dwirm.Fuzz.Targets;

/// <summary>Reads a DNS response; the name that was asked for, if it is a host name, is asked again and comes back.</summary>
public sealed class DnsTarget : IFuzzTarget
{
    private readonly byte[] _buffer = new byte[512];
    private readonly byte[] _passed = new byte[65536];
    private readonly DnsAddress[] _addresses = new DnsAddress[64];

    /// <inheritdoc/>
    public string Name => "dns";

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<byte> input)
    {
        PassOn(input);
        if (!DnsMessage.TryParse(input, out DnsMessage message)) return;
        Span<char> text = stackalloc char[DnsName.MaxSize], textAgain = stackalloc char[DnsName.MaxSize];
        ReadOnlySpan<char> name = message.ReadQuestionName(text);
        FuzzException.Unless(name.Length < DnsName.MaxSize, "a name is bounded");
        int count = message.ReadAddresses(_addresses);
        foreach (DnsAddress address in _addresses.AsSpan(0, count))
        {
            FuzzException.Unless(address.TtlSeconds <= int.MaxValue, "a TTL has 31 bits");
            FuzzException.Unless(address.IsIpv6 || address.Bits <= uint.MaxValue, "an IPv4 address has 32 bits");
        }
        foreach (char c in name) FuzzException.Unless(char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '_' or '.' or '?', "a name is printable");

        if (!DnsMessage.TryWriteQuery(name, message.QuestionType, message.Id, _buffer, out int written)) return;
        _buffer[2] |= 0x80;             // the question alone, as a response without answers
        FuzzException.Unless(DnsMessage.TryParse(_buffer.AsSpan(0, written), out DnsMessage again), "what was written can be read");
        FuzzException.Unless(again.ReadQuestionName(textAgain).SequenceEqual(name) && again.QuestionType == message.QuestionType && again.Id == message.Id, "the question comes back");
    }

    // What the forwarder does with a message: only the id and the announced size change, and a failure repeats the question.
    private void PassOn(ReadOnlySpan<byte> input)
    {
        if (!DnsQuery.TryRead(input, out DnsQuery query)) return;
        Span<byte> passed = _passed.AsSpan(0, input.Length);
        input.CopyTo(passed);
        DnsQuery.LimitPayload(passed, 1232);
        int changed = 0;
        for (int i = 0; i < input.Length; i++) changed += passed[i] != input[i] ? 1 : 0;
        FuzzException.Unless(changed <= 2, "only the announced size is lowered");
        DnsQuery.SetId(passed, (ushort)~query.Id);
        FuzzException.Unless(DnsQuery.TryRead(passed, out DnsQuery again) && again.Id == (ushort)~query.Id && again.Question.SequenceEqual(query.Question), "the question stays");
        int length = DnsQuery.WriteFailure(query.Id, query.Flags, query.Question, DnsResponseCode.ServerFailure, _buffer);
        FuzzException.Unless(DnsQuery.TryRead(_buffer.AsSpan(0, length), out DnsQuery failure) && failure.IsResponse && failure.Id == query.Id
            && failure.Question.SequenceEqual(query.Question), "a failure repeats the question");
    }
}
