using System.Collections.Generic;
using Dwirm.Enforcement.Ledger;
using Dwirm.Enforcement.Tables;
using Dwirm.Wire.Netlink;

namespace Dwirm.Enforcement.Kernel;

/// <content>Elements as messages.</content>
internal sealed partial class NftTables
{
    private void WriteSome(List<Element> some, long nowMs)
    {
        some.Sort();
        var list = new ElementList(this, NftMessage.NewElement, nowMs, false);
        foreach (Element element in some)
        {
            if (Options.Bridge || element.Set < SetId.L2Port) list.Put(element);
        }
        list.End();
        some.Clear();
    }

    // A load of everything may be tens of megabytes, and has to reach the kernel in one piece.
    private void SetAside()
    {
        if (channel.Writer.Length > ChunkLimit) channel.SetAside();
    }

    /// <summary>Elements in the order of sets, as messages that each hold as many of one set as fit.</summary>
    private struct ElementList(NftTables tables, NftMessage kind, long nowMs, bool exclusive)
    {
        private NftMessages.ListScope _list;
        private SetId _set;
        private int _start;

        public void Put(in Element element)
        {
            NetlinkWriter writer = tables.Writer;
            if (_set != element.Set || _list.Length >= ChunkLimit)
            {
                End();
                SetSpec spec = Sets.Get(element.Set);
                (_set, _start) = (element.Set, writer.Length);
                _list = writer.Elements(kind, tables.NextSequence(), spec.Family, Ruleset.TableName, spec.Name, 0);
            }
            if (kind == NftMessage.DeleteElement) ElementCodec.WriteKeyOnly(writer, element, tables.Names);
            else ElementCodec.Write(writer, element, tables.Names, nowMs, tables._usage);
        }

        public void End()
        {
            if (_set == SetId.None) return;
            _list.Dispose();
            // An element that is there although the shadow says no is a reason to load anew.
            if (exclusive) tables.Writer.AddFlags(_start, NetlinkFlags.Excl);
            _set = SetId.None;
            tables.SetAside();
        }
    }
}
