using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text.Json;

namespace Dwirm.Control;

/// <summary>A document of the control socket.</summary>
/// <typeparam name="T">The type itself.</typeparam>
public interface IControlDto<T> where T : IControlDto<T>
{
    /// <summary>Writes it as one JSON object.</summary>
    void Write(Utf8JsonWriter writer);

    /// <summary>Reads one JSON object; faults stay in <paramref name="json"/>. Names that the type does not know are passed over.</summary>
    static abstract T Read(ref DocumentReader json);
}

/// <summary>Whole documents: octets to values and back. All output is ASCII, whatever devices called themselves.</summary>
public static class ControlCodec
{
    /// <summary>The document of <paramref name="value"/> in UTF-8, on one line, without a line feed.</summary>
    public static byte[] ToBytes<T>(T value) where T : IControlDto<T>
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer)) value.Write(writer);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>An array of <paramref name="values"/> in UTF-8, on one line, without a line feed.</summary>
    public static byte[] ToBytes<T>(IReadOnlyList<T> values) where T : IControlDto<T>
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer)) WriteList(writer, values);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes <paramref name="values"/> as an array.</summary>
    public static void WriteList<T>(Utf8JsonWriter writer, IReadOnlyList<T> values) where T : IControlDto<T>
    {
        writer.WriteStartArray();
        foreach (T value in values) value.Write(writer);
        writer.WriteEndArray();
    }

    /// <summary>Reads one object with nothing behind it. False with the fault when it is malformed or a value has another type.</summary>
    public static bool TryRead<T>(ReadOnlySpan<byte> document, out T value, out ControlFault fault) where T : IControlDto<T>
    {
        var json = new DocumentReader(document);
        value = T.Read(ref json);
        json.End();
        fault = json.Fault;
        return json.Ok;
    }

    /// <summary>Reads an array of objects with nothing behind it.</summary>
    public static bool TryReadList<T>(ReadOnlySpan<byte> document, out IReadOnlyList<T> values, out ControlFault fault) where T : IControlDto<T>
    {
        var json = new DocumentReader(document);
        values = json.List<T>();
        json.End();
        fault = json.Fault;
        return json.Ok;
    }
}
