namespace Dwirm.Wire.Tests.Netlink;

/// <content>Tables, chains, sets and elements (linux/netfilter/nf_tables.h).</content>
internal static partial class GoldenNetlink
{
    /// <summary><c>nft --debug=mnl add table inet dwirm</c></summary>
    public static byte[] BatchBegin => Hex(
        """
        1c 00 00 00 | length 28
        10 00 01 00 | NFNL_MSG_BATCH_BEGIN, REQUEST
        01 00 00 00 | sequence 1
        00 00 00 00 | port id
        00 00 00 0a | nfgenmsg: AF_UNSPEC, version 0, resource NFNL_SUBSYS_NFTABLES
        08 00 01 00 | NFNL_BATCH_GENID, length 8
        00 00 00 07 | generation 7
        14 00 00 00 | length 20
        11 00 01 00 | NFNL_MSG_BATCH_END, REQUEST
        02 00 00 00 | sequence 2
        00 00 00 00 | port id
        00 00 00 0a | nfgenmsg: AF_UNSPEC, version 0, resource NFNL_SUBSYS_NFTABLES
        """);

    /// <summary><c>nft --debug=mnl add table inet dwirm</c></summary>
    public static byte[] Tables => Hex(
        """
        28 00 00 00 | length 40
        00 0a 01 04 | NFT_MSG_NEWTABLE, REQUEST|CREATE
        03 00 00 00 | sequence 3
        00 00 00 00 | port id
        01 00 00 00 | nfgenmsg: NFPROTO_INET, version 0, resource 0
        0a 00 01 00 | NFTA_TABLE_NAME, length 10
        64 77 69 72 6d 00 | "dwirm"
        00 00 | padding
        08 00 02 00 | NFTA_TABLE_FLAGS, length 8
        00 00 00 00 | none
        20 00 00 00 | length 32
        02 0a 01 00 | NFT_MSG_DELTABLE, REQUEST
        04 00 00 00 | sequence 4
        00 00 00 00 | port id
        07 00 00 00 | nfgenmsg: NFPROTO_BRIDGE, version 0, resource 0
        0a 00 01 00 | NFTA_TABLE_NAME, length 10
        64 77 69 72 6d 00 | "dwirm"
        00 00 | padding
        """);

    /// <summary><c>nft --debug=mnl 'add chain inet dwirm forward { type filter hook forward priority -10; policy accept; }'</c></summary>
    public static byte[] BaseChain => Hex(
        """
        54 00 00 00 | length 84
        03 0a 01 04 | NFT_MSG_NEWCHAIN, REQUEST|CREATE
        05 00 00 00 | sequence 5
        00 00 00 00 | port id
        01 00 00 00 | nfgenmsg: NFPROTO_INET, version 0, resource 0
        0a 00 01 00 | NFTA_CHAIN_TABLE, length 10
        64 77 69 72 6d 00 | "dwirm"
        00 00 | padding
        0c 00 03 00 | NFTA_CHAIN_NAME, length 12
        66 6f 72 77 61 72 64 00 | "forward"
        14 00 04 80 | NFTA_CHAIN_HOOK, nested, length 20
        08 00 01 00 | NFTA_HOOK_HOOKNUM, length 8
        00 00 00 02 | NF_INET_FORWARD
        08 00 02 00 | NFTA_HOOK_PRIORITY, length 8
        ff ff ff f6 | -10
        08 00 05 00 | NFTA_CHAIN_POLICY, length 8
        00 00 00 01 | NF_ACCEPT
        0b 00 07 00 | NFTA_CHAIN_TYPE, length 11
        66 69 6c 74 65 72 00 | "filter"
        00 | padding
        """);

    /// <summary><c>nft --debug=mnl 'add map inet dwirm c4r { type ipv4_addr . ipv4_addr . inet_proto . inet_service : mark; flags interval; }'</c></summary>
    public static byte[] RangeMap => Hex(
        """
        90 00 00 00 | length 144
        09 0a 01 06 | NFT_MSG_NEWSET, REQUEST|CREATE|EXCL
        06 00 00 00 | sequence 6
        00 00 00 00 | port id
        01 00 00 00 | nfgenmsg: NFPROTO_INET, version 0, resource 0
        0a 00 01 00 | NFTA_SET_TABLE, length 10
        64 77 69 72 6d 00 | "dwirm"
        00 00 | padding
        08 00 02 00 | NFTA_SET_NAME, length 8
        63 34 72 00 | "c4r"
        08 00 03 00 | NFTA_SET_FLAGS, length 8
        00 00 00 8c | INTERVAL|MAP|CONCAT
        08 00 04 00 | NFTA_SET_KEY_TYPE, length 8
        00 1c 73 0d | ipv4_addr . ipv4_addr . inet_proto . inet_service
        08 00 05 00 | NFTA_SET_KEY_LEN, length 8
        00 00 00 10 | four fields of four octets
        08 00 06 00 | NFTA_SET_DATA_TYPE, length 8
        00 00 00 13 | mark
        08 00 07 00 | NFTA_SET_DATA_LEN, length 8
        00 00 00 04 | four octets
        08 00 0a 00 | NFTA_SET_ID, length 8
        00 00 00 11 | 17
        38 00 09 80 | NFTA_SET_DESC, nested, length 56
        34 00 02 80 | NFTA_SET_DESC_CONCAT, nested, length 52
        0c 00 01 80 | NFTA_LIST_ELEM, nested, length 12
        08 00 01 00 | NFTA_SET_FIELD_LEN, length 8
        00 00 00 04 | 4 octets
        0c 00 01 80 | NFTA_LIST_ELEM, nested, length 12
        08 00 01 00 | NFTA_SET_FIELD_LEN, length 8
        00 00 00 04 | 4 octets
        0c 00 01 80 | NFTA_LIST_ELEM, nested, length 12
        08 00 01 00 | NFTA_SET_FIELD_LEN, length 8
        00 00 00 01 | 1 octets
        0c 00 01 80 | NFTA_LIST_ELEM, nested, length 12
        08 00 01 00 | NFTA_SET_FIELD_LEN, length 8
        00 00 00 02 | 2 octets
        """);

    /// <summary><c>nft --debug=mnl 'add set inet dwirm viol { type ether_addr; size 4096; flags dynamic,timeout; timeout 1h; counter; }'</c></summary>
    public static byte[] CountingSet => Hex(
        """
        78 00 00 00 | length 120
        09 0a 01 06 | NFT_MSG_NEWSET, REQUEST|CREATE|EXCL
        07 00 00 00 | sequence 7
        00 00 00 00 | port id
        01 00 00 00 | nfgenmsg: NFPROTO_INET, version 0, resource 0
        0a 00 01 00 | NFTA_SET_TABLE, length 10
        64 77 69 72 6d 00 | "dwirm"
        00 00 | padding
        09 00 02 00 | NFTA_SET_NAME, length 9
        76 69 6f 6c 00 | "viol"
        00 00 00 | padding
        08 00 03 00 | NFTA_SET_FLAGS, length 8
        00 00 00 30 | TIMEOUT|EVAL
        08 00 04 00 | NFTA_SET_KEY_TYPE, length 8
        00 00 00 09 | ether_addr
        08 00 05 00 | NFTA_SET_KEY_LEN, length 8
        00 00 00 06 | six octets
        08 00 0a 00 | NFTA_SET_ID, length 8
        00 00 00 05 | 5
        0c 00 0b 00 | NFTA_SET_TIMEOUT, length 12
        00 00 00 00 00 36 ee 80 | one hour in milliseconds
        0c 00 09 80 | NFTA_SET_DESC, nested, length 12
        08 00 01 00 | NFTA_SET_DESC_SIZE, length 8
        00 00 10 00 | 4,096 elements
        14 00 11 80 | NFTA_SET_EXPR, nested, length 20
        0c 00 01 00 | NFTA_EXPR_NAME, length 12
        63 6f 75 6e 74 65 72 00 | "counter"
        04 00 02 80 | NFTA_EXPR_DATA, nested, length 4
        """);

    /// <summary><c>nft --debug=mnl 'add element inet dwirm live { original . 0x1001 timeout 63s : 1:111 }'</c></summary>
    public static byte[] LiveElement => Hex(
        """
        5c 00 00 00 | length 92
        0c 0a 01 04 | NFT_MSG_NEWSETELEM, REQUEST|CREATE
        08 00 00 00 | sequence 8
        00 00 00 00 | port id
        01 00 00 00 | nfgenmsg: NFPROTO_INET, version 0, resource 0
        0a 00 01 00 | NFTA_SET_ELEM_LIST_TABLE, length 10
        64 77 69 72 6d 00 | "dwirm"
        00 00 | padding
        09 00 02 00 | NFTA_SET_ELEM_LIST_SET, length 9
        6c 69 76 65 00 | "live"
        00 00 00 | padding
        30 00 03 80 | NFTA_SET_ELEM_LIST_ELEMENTS, nested, length 48
        2c 00 01 80 | NFTA_LIST_ELEM, nested, length 44
        10 00 01 80 | NFTA_SET_ELEM_KEY, nested, length 16
        0c 00 01 00 | NFTA_DATA_VALUE, length 12
        00 00 00 00 01 10 00 00 | original, padded; mark 0x1001, host order
        0c 00 02 80 | NFTA_SET_ELEM_DATA, nested, length 12
        08 00 01 00 | NFTA_DATA_VALUE, length 8
        11 01 01 00 | 1:111, host order
        0c 00 04 00 | NFTA_SET_ELEM_TIMEOUT, length 12
        00 00 00 00 00 00 f6 18 | 63 s in milliseconds
        """);

    /// <summary><c>nft --debug=mnl 'delete element inet dwirm c4r { 192.168.1.16 . 203.0.113.64/26 . tcp . 1000-2000 }'</c></summary>
    public static byte[] RangeElement => Hex(
        """
        60 00 00 00 | length 96
        0e 0a 01 00 | NFT_MSG_DELSETELEM, REQUEST
        09 00 00 00 | sequence 9
        00 00 00 00 | port id
        01 00 00 00 | nfgenmsg: NFPROTO_INET, version 0, resource 0
        0a 00 01 00 | NFTA_SET_ELEM_LIST_TABLE, length 10
        64 77 69 72 6d 00 | "dwirm"
        00 00 | padding
        08 00 02 00 | NFTA_SET_ELEM_LIST_SET, length 8
        63 34 72 00 | "c4r"
        38 00 03 80 | NFTA_SET_ELEM_LIST_ELEMENTS, nested, length 56
        34 00 01 80 | NFTA_LIST_ELEM, nested, length 52
        18 00 01 80 | NFTA_SET_ELEM_KEY, nested, length 24
        14 00 01 00 | NFTA_DATA_VALUE, length 20
        c0 a8 01 10 cb 00 71 40 06 00 00 00 03 e8 00 00 | 192.168.1.16 . 203.0.113.64 . tcp . 1000
        18 00 0a 80 | NFTA_SET_ELEM_KEY_END, nested, length 24
        14 00 01 00 | NFTA_DATA_VALUE, length 20
        c0 a8 01 10 cb 00 71 7f 06 00 00 00 07 d0 00 00 | 192.168.1.16 . 203.0.113.127 . tcp . 2000
        """);

    /// <summary><c>nft --debug=mnl 'add element bridge dwirm dev { 02:00:00:00:00:10 : goto src_managed }'</c></summary>
    public static byte[] VerdictElement => Hex(
        """
        68 00 00 00 | length 104
        0c 0a 01 04 | NFT_MSG_NEWSETELEM, REQUEST|CREATE
        0a 00 00 00 | sequence 10
        00 00 00 00 | port id
        07 00 00 00 | nfgenmsg: NFPROTO_BRIDGE, version 0, resource 0
        0a 00 01 00 | NFTA_SET_ELEM_LIST_TABLE, length 10
        64 77 69 72 6d 00 | "dwirm"
        00 00 | padding
        08 00 02 00 | NFTA_SET_ELEM_LIST_SET, length 8
        64 65 76 00 | "dev"
        08 00 04 00 | NFTA_SET_ELEM_LIST_SET_ID, length 8
        00 00 00 1b | 27
        38 00 03 80 | NFTA_SET_ELEM_LIST_ELEMENTS, nested, length 56
        34 00 01 80 | NFTA_LIST_ELEM, nested, length 52
        10 00 01 80 | NFTA_SET_ELEM_KEY, nested, length 16
        0a 00 01 00 | NFTA_DATA_VALUE, length 10
        02 00 00 00 00 10 | 02:00:00:00:00:10
        00 00 | padding
        20 00 02 80 | NFTA_SET_ELEM_DATA, nested, length 32
        1c 00 02 80 | NFTA_DATA_VERDICT, nested, length 28
        08 00 01 00 | NFTA_VERDICT_CODE, length 8
        ff ff ff fc | NFT_GOTO
        10 00 02 00 | NFTA_VERDICT_CHAIN, length 16
        73 72 63 5f 6d 61 6e 61 67 65 64 00 | "src_managed"
        """);
}
