using System;
using System.Collections.Generic;
using System.Text;
using Dwirm.Control;

namespace Dwirm.Fuzz.Targets;

/// <summary>
/// Reads octets as a request, as a list and as every document of the control socket. What is accepted is written and read again: both writings
/// have to agree and be well-formed; answers hold nothing but printable ASCII.
/// </summary>
public sealed class ControlTarget : IFuzzTarget
{
    /// <inheritdoc/>
    public string Name => "control";

    /// <inheritdoc/>
    public void Run(ReadOnlySpan<byte> input)
    {
        if (ControlProtocol.TryTakeLine(input, out ReadOnlySpan<byte> line)) Try<ControlRequest>(line);
        Try<ControlRequest>(input);
        Try<DeviceDto>(input);
        Try<LeaseDto>(input);
        Try<GrantDto>(input);
        Try<PendingDto>(input);
        Try<EventDto>(input);
        Try<StatusDto>(input);
        Try<PlanDto>(input);
        Try<ErrorDto>(input);
        if (ControlCodec.TryReadList(input, out IReadOnlyList<DeviceDto> devices, out _)) Check(ControlCodec.ToBytes(devices));
        Minify(input);
        if (Timestamp.TryParse(Encoding.Latin1.GetString(input), out long unixMs)) Reparse(unixMs);
    }

    private static void Try<T>(ReadOnlySpan<byte> input) where T : IControlDto<T>
    {
        bool read = ControlCodec.TryRead(input, out T value, out ControlFault fault);
        FuzzException.Unless(read == (fault.Kind == ControlFaultKind.None), "a fault is named exactly when a document is refused");
        FuzzException.Unless(fault.Offset >= 0 && fault.Offset <= input.Length, "a fault lies inside the document");
        if (!read) return;
        byte[] written = ControlCodec.ToBytes(value);
        // Amendments travel as their file has them; only answers reach a terminal.
        if (value is not ControlRequest) Check(written);
        FuzzException.Unless(ControlCodec.TryRead(written, out T again, out _), "what is written can be read");
        FuzzException.Unless(ControlCodec.ToBytes(again).AsSpan().SequenceEqual(written), "what is read is written the same");
    }

    private static void Check(ReadOnlySpan<byte> written)
    {
        FuzzException.Unless(RawJson.IsValid(written), "what is written is JSON");
        FuzzException.Unless(!written.ContainsAnyExceptInRange((byte)' ', (byte)'~'), "what is written is printable ASCII on one line");
    }

    private static void Minify(ReadOnlySpan<byte> input)
    {
        if (!RawJson.IsValid(input)) return;
        byte[] small = RawJson.Minify(input);
        FuzzException.Unless(RawJson.IsValid(small), "minified JSON is JSON");
        FuzzException.Unless(RawJson.Minify(small).AsSpan().SequenceEqual(small), "minified JSON is minimal");
        FuzzException.Unless(!small.AsSpan().Contains((byte)'\n'), "minified JSON is one line");
    }

    private static void Reparse(long unixMs) =>
        FuzzException.Unless(Timestamp.TryParse(Timestamp.Format(unixMs), out long again) && again == unixMs, "a time that is read is written and read the same");
}
