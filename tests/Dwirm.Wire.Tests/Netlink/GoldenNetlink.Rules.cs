namespace Dwirm.Wire.Tests.Netlink;

/// <content>Expressions (linux/netfilter/nf_tables.h).</content>
internal static partial class GoldenNetlink
{
    /// <summary><c>nft --debug=mnl 'add rule inet dwirm forward ct mark != 0 meta priority set ct direction . ct mark map @live goto ok'</c></summary>
    public static byte[] LiveRule => Hex(
        """
        48 01 00 00 | length 328
        06 0a 01 0c | NFT_MSG_NEWRULE, REQUEST|CREATE|APPEND
        0b 00 00 00 | sequence 11
        00 00 00 00 | port id
        01 00 00 00 | nfgenmsg: NFPROTO_INET, version 0, resource 0
        0a 00 01 00 | NFTA_RULE_TABLE, length 10
        64 77 69 72 6d 00 | "dwirm"
        00 00 | padding
        0c 00 02 00 | NFTA_RULE_CHAIN, length 12
        66 6f 72 77 61 72 64 00 | "forward"
        1c 01 04 80 | NFTA_RULE_EXPRESSIONS, nested, length 284
        20 00 01 80 | NFTA_LIST_ELEM, nested, length 32
        07 00 01 00 | NFTA_EXPR_NAME, length 7
        63 74 00 | "ct"
        00 | padding
        14 00 02 80 | NFTA_EXPR_DATA, nested, length 20
        08 00 02 00 | NFTA_CT_KEY, length 8
        00 00 00 03 | NFT_CT_MARK
        08 00 01 00 | NFTA_CT_DREG, length 8
        00 00 00 08 | NFT_REG32_00
        2c 00 01 80 | NFTA_LIST_ELEM, nested, length 44
        08 00 01 00 | NFTA_EXPR_NAME, length 8
        63 6d 70 00 | "cmp"
        20 00 02 80 | NFTA_EXPR_DATA, nested, length 32
        08 00 01 00 | NFTA_CMP_SREG, length 8
        00 00 00 08 | NFT_REG32_00
        08 00 02 00 | NFTA_CMP_OP, length 8
        00 00 00 01 | NFT_CMP_NEQ
        0c 00 03 80 | NFTA_CMP_DATA, nested, length 12
        08 00 01 00 | NFTA_DATA_VALUE, length 8
        00 00 00 00 | 0
        20 00 01 80 | NFTA_LIST_ELEM, nested, length 32
        07 00 01 00 | NFTA_EXPR_NAME, length 7
        63 74 00 | "ct"
        00 | padding
        14 00 02 80 | NFTA_EXPR_DATA, nested, length 20
        08 00 02 00 | NFTA_CT_KEY, length 8
        00 00 00 01 | NFT_CT_DIRECTION
        08 00 01 00 | NFTA_CT_DREG, length 8
        00 00 00 08 | NFT_REG32_00
        20 00 01 80 | NFTA_LIST_ELEM, nested, length 32
        07 00 01 00 | NFTA_EXPR_NAME, length 7
        63 74 00 | "ct"
        00 | padding
        14 00 02 80 | NFTA_EXPR_DATA, nested, length 20
        08 00 02 00 | NFTA_CT_KEY, length 8
        00 00 00 03 | NFT_CT_MARK
        08 00 01 00 | NFTA_CT_DREG, length 8
        00 00 00 09 | NFT_REG32_01
        30 00 01 80 | NFTA_LIST_ELEM, nested, length 48
        0b 00 01 00 | NFTA_EXPR_NAME, length 11
        6c 6f 6f 6b 75 70 00 | "lookup"
        00 | padding
        20 00 02 80 | NFTA_EXPR_DATA, nested, length 32
        08 00 02 00 | NFTA_LOOKUP_SREG, length 8
        00 00 00 08 | NFT_REG32_00
        08 00 03 00 | NFTA_LOOKUP_DREG, length 8
        00 00 00 08 | NFT_REG32_00
        09 00 01 00 | NFTA_LOOKUP_SET, length 9
        6c 69 76 65 00 | "live"
        00 00 00 | padding
        24 00 01 80 | NFTA_LIST_ELEM, nested, length 36
        09 00 01 00 | NFTA_EXPR_NAME, length 9
        6d 65 74 61 00 | "meta"
        00 00 00 | padding
        14 00 02 80 | NFTA_EXPR_DATA, nested, length 20
        08 00 02 00 | NFTA_META_KEY, length 8
        00 00 00 02 | NFT_META_PRIORITY
        08 00 03 00 | NFTA_META_SREG, length 8
        00 00 00 08 | NFT_REG32_00
        38 00 01 80 | NFTA_LIST_ELEM, nested, length 56
        0e 00 01 00 | NFTA_EXPR_NAME, length 14
        69 6d 6d 65 64 69 61 74 65 00 | "immediate"
        00 00 | padding
        24 00 02 80 | NFTA_EXPR_DATA, nested, length 36
        08 00 01 00 | NFTA_IMMEDIATE_DREG, length 8
        00 00 00 00 | NFT_REG_VERDICT
        18 00 02 80 | NFTA_IMMEDIATE_DATA, nested, length 24
        14 00 02 80 | NFTA_DATA_VERDICT, nested, length 20
        08 00 01 00 | NFTA_VERDICT_CODE, length 8
        ff ff ff fc | NFT_GOTO
        07 00 02 00 | NFTA_VERDICT_CHAIN, length 7
        6f 6b 00 | "ok"
        00 | padding
        """);

    /// <summary><c>the rest of enforcement's expressions in one rule</c></summary>
    public static byte[] EveryOtherExpression => Hex(
        """
        a4 02 00 00 | length 676
        06 0a 01 0c | NFT_MSG_NEWRULE, REQUEST|CREATE|APPEND
        0c 00 00 00 | sequence 12
        00 00 00 00 | port id
        01 00 00 00 | nfgenmsg: NFPROTO_INET, version 0, resource 0
        0a 00 01 00 | NFTA_RULE_TABLE, length 10
        64 77 69 72 6d 00 | "dwirm"
        00 00 | padding
        06 00 02 00 | NFTA_RULE_CHAIN, length 6
        78 00 | "x"
        00 00 | padding
        7c 02 04 80 | NFTA_RULE_EXPRESSIONS, nested, length 636
        24 00 01 80 | NFTA_LIST_ELEM, nested, length 36
        09 00 01 00 | NFTA_EXPR_NAME, length 9
        6d 65 74 61 00 | "meta"
        00 00 00 | padding
        14 00 02 80 | NFTA_EXPR_DATA, nested, length 20
        08 00 02 00 | NFTA_META_KEY, length 8
        00 00 00 10 | NFT_META_L4PROTO
        08 00 01 00 | NFTA_META_DREG, length 8
        00 00 00 08 | NFT_REG32_00
        34 00 01 80 | NFTA_LIST_ELEM, nested, length 52
        0c 00 01 00 | NFTA_EXPR_NAME, length 12
        70 61 79 6c 6f 61 64 00 | "payload"
        24 00 02 80 | NFTA_EXPR_DATA, nested, length 36
        08 00 01 00 | NFTA_PAYLOAD_DREG, length 8
        00 00 00 09 | NFT_REG32_01
        08 00 02 00 | NFTA_PAYLOAD_BASE, length 8
        00 00 00 02 | NFT_PAYLOAD_TRANSPORT_HEADER
        08 00 03 00 | NFTA_PAYLOAD_OFFSET, length 8
        00 00 00 02 | 2
        08 00 04 00 | NFTA_PAYLOAD_LEN, length 8
        00 00 00 02 | 2
        28 00 01 80 | NFTA_LIST_ELEM, nested, length 40
        08 00 01 00 | NFTA_EXPR_NAME, length 8
        66 69 62 00 | "fib"
        1c 00 02 80 | NFTA_EXPR_DATA, nested, length 28
        08 00 03 00 | NFTA_FIB_FLAGS, length 8
        00 00 00 02 | NFTA_FIB_F_DADDR
        08 00 02 00 | NFTA_FIB_RESULT, length 8
        00 00 00 03 | NFT_FIB_RESULT_ADDRTYPE
        08 00 01 00 | NFTA_FIB_DREG, length 8
        00 00 00 08 | NFT_REG32_00
        4c 00 01 80 | NFTA_LIST_ELEM, nested, length 76
        0c 00 01 00 | NFTA_EXPR_NAME, length 12
        62 69 74 77 69 73 65 00 | "bitwise"
        3c 00 02 80 | NFTA_EXPR_DATA, nested, length 60
        08 00 01 00 | NFTA_BITWISE_SREG, length 8
        00 00 00 08 | NFT_REG32_00
        08 00 02 00 | NFTA_BITWISE_DREG, length 8
        00 00 00 08 | NFT_REG32_00
        08 00 03 00 | NFTA_BITWISE_LEN, length 8
        00 00 00 04 | 4
        08 00 06 00 | NFTA_BITWISE_OP, length 8
        00 00 00 00 | NFT_BITWISE_MASK_XOR
        0c 00 04 80 | NFTA_BITWISE_MASK, nested, length 12
        08 00 01 00 | NFTA_DATA_VALUE, length 8
        ff ff ff ef | 0xefffffff, host order
        0c 00 05 80 | NFTA_BITWISE_XOR, nested, length 12
        08 00 01 00 | NFTA_DATA_VALUE, length 8
        00 00 00 10 | 0x10000000, host order
        2c 00 01 80 | NFTA_LIST_ELEM, nested, length 44
        0b 00 01 00 | NFTA_EXPR_NAME, length 11
        6c 6f 6f 6b 75 70 00 | "lookup"
        00 | padding
        1c 00 02 80 | NFTA_EXPR_DATA, nested, length 28
        08 00 02 00 | NFTA_LOOKUP_SREG, length 8
        00 00 00 08 | NFT_REG32_00
        08 00 01 00 | NFTA_LOOKUP_SET, length 8
        6c 61 6e 00 | "lan"
        08 00 05 00 | NFTA_LOOKUP_FLAGS, length 8
        00 00 00 01 | NFT_LOOKUP_F_INV
        2c 00 01 80 | NFTA_LIST_ELEM, nested, length 44
        0b 00 01 00 | NFTA_EXPR_NAME, length 11
        6c 6f 6f 6b 75 70 00 | "lookup"
        00 | padding
        1c 00 02 80 | NFTA_EXPR_DATA, nested, length 28
        08 00 02 00 | NFTA_LOOKUP_SREG, length 8
        00 00 00 08 | NFT_REG32_00
        08 00 03 00 | NFTA_LOOKUP_DREG, length 8
        00 00 00 00 | NFT_REG_VERDICT
        08 00 01 00 | NFTA_LOOKUP_SET, length 8
        64 65 76 00 | "dev"
        28 00 01 80 | NFTA_LIST_ELEM, nested, length 40
        07 00 01 00 | NFTA_EXPR_NAME, length 7
        63 74 00 | "ct"
        00 | padding
        1c 00 02 80 | NFTA_EXPR_DATA, nested, length 28
        08 00 02 00 | NFTA_CT_KEY, length 8
        00 00 00 14 | NFT_CT_DST_IP
        08 00 01 00 | NFTA_CT_DREG, length 8
        00 00 00 08 | NFT_REG32_00
        05 00 03 00 | NFTA_CT_DIRECTION, length 5
        00 | original
        00 00 00 | padding
        20 00 01 80 | NFTA_LIST_ELEM, nested, length 32
        07 00 01 00 | NFTA_EXPR_NAME, length 7
        63 74 00 | "ct"
        00 | padding
        14 00 02 80 | NFTA_EXPR_DATA, nested, length 20
        08 00 02 00 | NFTA_CT_KEY, length 8
        00 00 00 03 | NFT_CT_MARK
        08 00 04 00 | NFTA_CT_SREG, length 8
        00 00 00 08 | NFT_REG32_00
        74 00 01 80 | NFTA_LIST_ELEM, nested, length 116
        0b 00 01 00 | NFTA_EXPR_NAME, length 11
        64 79 6e 73 65 74 00 | "dynset"
        00 | padding
        64 00 02 80 | NFTA_EXPR_DATA, nested, length 100
        08 00 04 00 | NFTA_DYNSET_SREG_KEY, length 8
        00 00 00 08 | NFT_REG32_00
        08 00 03 00 | NFTA_DYNSET_OP, length 8
        00 00 00 01 | NFT_DYNSET_OP_UPDATE
        09 00 01 00 | NFTA_DYNSET_SET_NAME, length 9
        76 6c 6f 67 00 | "vlog"
        00 00 00 | padding
        44 00 07 80 | NFTA_DYNSET_EXPR, nested, length 68
        0a 00 01 00 | NFTA_EXPR_NAME, length 10
        6c 69 6d 69 74 00 | "limit"
        00 00 | padding
        34 00 02 80 | NFTA_EXPR_DATA, nested, length 52
        0c 00 01 00 | NFTA_LIMIT_RATE, length 12
        00 00 00 00 00 00 00 01 | 1
        0c 00 02 00 | NFTA_LIMIT_UNIT, length 12
        00 00 00 00 00 00 00 01 | a second
        08 00 03 00 | NFTA_LIMIT_BURST, length 8
        00 00 00 05 | 5
        08 00 04 00 | NFTA_LIMIT_TYPE, length 8
        00 00 00 00 | NFT_LIMIT_PKTS
        08 00 05 00 | NFTA_LIMIT_FLAGS, length 8
        00 00 00 00 | none
        2c 00 01 80 | NFTA_LIST_ELEM, nested, length 44
        08 00 01 00 | NFTA_EXPR_NAME, length 8
        6c 6f 67 00 | "log"
        20 00 02 80 | NFTA_EXPR_DATA, nested, length 32
        0a 00 02 00 | NFTA_LOG_PREFIX, length 10
        76 69 6f 6c 20 00 | "viol "
        00 00 | padding
        06 00 01 00 | NFTA_LOG_GROUP, length 6
        00 11 | 17
        00 00 | padding
        08 00 03 00 | NFTA_LOG_SNAPLEN, length 8
        00 00 00 60 | 96
        28 00 01 80 | NFTA_LIST_ELEM, nested, length 40
        0b 00 01 00 | NFTA_EXPR_NAME, length 11
        6f 62 6a 72 65 66 00 | "objref"
        00 | padding
        18 00 02 80 | NFTA_EXPR_DATA, nested, length 24
        08 00 01 00 | NFTA_OBJREF_IMM_TYPE, length 8
        00 00 00 01 | NFT_OBJECT_COUNTER
        0c 00 02 00 | NFTA_OBJREF_IMM_NAME, length 12
        63 75 74 5f 6f 66 66 00 | "cut_off"
        30 00 01 80 | NFTA_LIST_ELEM, nested, length 48
        08 00 01 00 | NFTA_EXPR_NAME, length 8
        6e 61 74 00 | "nat"
        24 00 02 80 | NFTA_EXPR_DATA, nested, length 36
        08 00 01 00 | NFTA_NAT_TYPE, length 8
        00 00 00 01 | NFT_NAT_DNAT
        08 00 02 00 | NFTA_NAT_FAMILY, length 8
        00 00 00 02 | NFPROTO_IPV4
        08 00 03 00 | NFTA_NAT_REG_ADDR_MIN, length 8
        00 00 00 08 | NFT_REG32_00
        08 00 05 00 | NFTA_NAT_REG_PROTO_MIN, length 8
        00 00 00 09 | NFT_REG32_01
        14 00 01 80 | NFTA_LIST_ELEM, nested, length 20
        09 00 01 00 | NFTA_EXPR_NAME, length 9
        6d 61 73 71 00 | "masq"
        00 00 00 | padding
        04 00 02 80 | NFTA_EXPR_DATA, nested, length 4
        """);

    /// <summary>A register in network order, and <c>redirect to :5354</c>.</summary>
    public static byte[] Redirect => Hex(
        """
        bc 00 00 00 | length 188
        06 0a 01 0c | NFT_MSG_NEWRULE, REQUEST|CREATE|APPEND
        0d 00 00 00 | sequence 13
        00 00 00 00 | port id
        01 00 00 00 | nfgenmsg: NFPROTO_INET, version 0, resource 0
        0a 00 01 00 | NFTA_RULE_TABLE, length 10
        64 77 69 72 6d 00 | "dwirm"
        00 00 | padding
        06 00 02 00 | NFTA_RULE_CHAIN, length 6
        78 00 | "x"
        00 00 | padding
        94 00 04 80 | NFTA_RULE_EXPRESSIONS, nested, length 148
        2c 00 01 80 | NFTA_LIST_ELEM, nested, length 44
        0e 00 01 00 | NFTA_EXPR_NAME, length 14
        69 6d 6d 65 64 69 61 74 65 00 | "immediate"
        00 00 | padding
        18 00 02 80 | NFTA_EXPR_DATA, nested, length 24
        08 00 01 00 | NFTA_IMMEDIATE_DREG, length 8
        00 00 00 08 | NFT_REG32_00
        0c 00 02 80 | NFTA_IMMEDIATE_DATA, nested, length 12
        06 00 01 00 | NFTA_DATA_VALUE, length 6
        14 ea | 5354
        00 00 | padding
        40 00 01 80 | NFTA_LIST_ELEM, nested, length 64
        0e 00 01 00 | NFTA_EXPR_NAME, length 14
        62 79 74 65 6f 72 64 65 72 00 | "byteorder"
        00 00 | padding
        2c 00 02 80 | NFTA_EXPR_DATA, nested, length 44
        08 00 01 00 | NFTA_BYTEORDER_SREG, length 8
        00 00 00 09 | NFT_REG32_01
        08 00 02 00 | NFTA_BYTEORDER_DREG, length 8
        00 00 00 09 | NFT_REG32_01
        08 00 03 00 | NFTA_BYTEORDER_OP, length 8
        00 00 00 01 | NFT_BYTEORDER_HTON
        08 00 04 00 | NFTA_BYTEORDER_LEN, length 8
        00 00 00 04 | 4
        08 00 05 00 | NFTA_BYTEORDER_SIZE, length 8
        00 00 00 04 | 4
        24 00 01 80 | NFTA_LIST_ELEM, nested, length 36
        0a 00 01 00 | NFTA_EXPR_NAME, length 10
        72 65 64 69 72 00 | "redir"
        00 00 | padding
        14 00 02 80 | NFTA_EXPR_DATA, nested, length 20
        08 00 01 00 | NFTA_REDIR_REG_PROTO_MIN, length 8
        00 00 00 08 | NFT_REG32_00
        08 00 03 00 | NFTA_REDIR_FLAGS, length 8
        00 00 00 02 | NF_NAT_RANGE_PROTO_SPECIFIED
        """);
}
