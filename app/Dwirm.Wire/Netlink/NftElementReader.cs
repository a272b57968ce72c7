using System.Runtime.InteropServices;

namespace Dwirm.Wire.Netlink;

/// <summary>Reads elements of sets out of a dump.</summary>
public static class NftElementReader
{
    private const ushort NFTA_LIST_ELEM = 1, NFTA_ELEM_LIST_ELEMENTS = 3, NFTA_ELEM_KEY = 1, NFTA_ELEM_DATA = 2, NFTA_ELEM_EXPR = 7, NFTA_ELEM_EXPRESSIONS = 11;
    private const ushort NFTA_ELEM_EXPIRATION = 5, NFTA_DATA_VALUE = 1, NFTA_EXPR_NAME = 1, NFTA_EXPR_DATA = 2, NFTA_COUNTER_BYTES = 1, NFTA_COUNTER_PACKETS = 2;

    /// <summary>Hands each element of a dump's message on.</summary>
    public static void Each(in NetlinkMessage message, NftElementHandler take)
    {
        NetlinkAttributes attributes = message.Attributes(4);
        while (attributes.Next())
        {
            if (attributes.Type != NFTA_ELEM_LIST_ELEMENTS) continue;
            NetlinkAttributes list = attributes.Inner();
            while (list.Next())
            {
                if (list.Type == NFTA_LIST_ELEM) One(list.Inner(), take);
            }
        }
    }

    /// <summary>Reads 32 bits in host order from a key.</summary>
    public static uint HostU32(System.ReadOnlySpan<byte> key) => MemoryMarshal.Read<uint>(key);

    private static void One(NetlinkAttributes element, NftElementHandler take)
    {
        System.ReadOnlySpan<byte> key = default, data = default;
        NftCounted counted = default;
        while (element.Next())
        {
            if (element.Type == NFTA_ELEM_KEY) key = ValueOf(element.Inner());
            else if (element.Type == NFTA_ELEM_DATA) data = ValueOf(element.Inner());
            else if (element.Type == NFTA_ELEM_EXPIRATION && element.TryU64Be(out ulong left)) counted = counted with { ExpiresMs = left };
            else if (element.Type == NFTA_ELEM_EXPR) Counter(element.Inner(), ref counted);
            else if (element.Type == NFTA_ELEM_EXPRESSIONS)
            {
                NetlinkAttributes list = element.Inner();
                while (list.Next()) Counter(list.Inner(), ref counted);
            }
        }
        if (!key.IsEmpty) take(key, data, counted);
    }

    private static System.ReadOnlySpan<byte> ValueOf(NetlinkAttributes data)
    {
        while (data.Next())
        {
            if (data.Type == NFTA_DATA_VALUE) return data.Value;
        }
        return default;
    }

    private static void Counter(NetlinkAttributes expression, ref NftCounted counted)
    {
        bool isCounter = false;
        while (expression.Next())
        {
            if (expression.Type == NFTA_EXPR_NAME) isCounter = System.MemoryExtensions.StartsWith(expression.Value, "counter"u8);
            if (expression.Type != NFTA_EXPR_DATA || !isCounter) continue;
            NetlinkAttributes data = expression.Inner();
            while (data.Next())
            {
                if (data.Type == NFTA_COUNTER_BYTES && data.TryU64Be(out ulong bytes)) counted = counted with { Bytes = bytes };
                else if (data.Type == NFTA_COUNTER_PACKETS && data.TryU64Be(out ulong packets)) counted = counted with { Packets = packets };
            }
        }
    }
}

/// <summary>What one element counted.</summary>
/// <param name="Packets">Packets.</param>
/// <param name="Bytes">Octets of them.</param>
/// <param name="ExpiresMs">What is left of its life in milliseconds, 0 when it has no end.</param>
public readonly record struct NftCounted(ulong Packets, ulong Bytes, ulong ExpiresMs);

/// <summary>Takes one element.</summary>
/// <param name="key">Its key.</param>
/// <param name="data">A map's data, empty for a set and for a verdict.</param>
/// <param name="counted">What it counted.</param>
public delegate void NftElementHandler(System.ReadOnlySpan<byte> key, System.ReadOnlySpan<byte> data, NftCounted counted);
