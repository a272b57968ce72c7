namespace Dwirm.Device;

/// <summary>What <c>--help</c> says.</summary>
internal static class Usage
{
    public const string Text = """
        dwirm-device: a device that speaks DWIRM, for makers, demonstrations and tests.

        Usage: dwirm-device --interface IF --profile FILE [OPTIONS]

        It tells the router what it offers and needs (an IoT Profile, JSON), prints what the router
        answers, and takes a DHCP lease. Needs root or CAP_NET_RAW and CAP_NET_BIND_SERVICE
        (with --apply also CAP_NET_ADMIN).

          --interface IF        network device to use; it must be up
          --profile FILE        IoT Profile to send
          --mode client         profile in a message of its own, DHCPDWIRMCLIENT (default)
          --mode discover       profile inside DHCPDISCOVER and DHCPREQUEST
          --lease-only          no profile: an ordinary DHCP client
          --apply               set the leased address and the default route on IF
          --key FILE            sign all messages with this key, and believe none that is not signed
                                with it (RFC 3118); the file `dwirm key add` prints. How far the
                                replay counters are is kept in FILE.counter
          --hold                keep running: renew the lease, print later answers; SIGTERM ends it
          --no-release          keep the lease (and an applied address) when ended
          --timeout SECONDS     give up after that (default 30, with --hold never; 0 = never)
          --client-id HEX       option 61, type octet first (default 01 and the hardware address)
          --hostname NAME       option 12
          --json                one JSON document a line, instead of text
          --msgtype-client N    number of DHCPDWIRMCLIENT (default 240)
          --msgtype-server N    number of DHCPDWIRMSERVER (default 241)
          --profile-option N    option that carries the profile, 224 to 254 (default 224)
          --help                this text
          --version             print the version

        Ends with 0 when done, 1 when refused or nothing came in time, 2 on wrong usage.

        """;
}
