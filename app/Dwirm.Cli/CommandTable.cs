using System.Collections.Generic;
using Dwirm.Cli.Arguments;
using Dwirm.Cli.Commands;

namespace Dwirm.Cli;

/// <summary>All commands, in the order of the help text.</summary>
internal static class CommandTable
{
    private static readonly OptionSpec Json = new("--json", null, "print JSON, for programs, instead of text");
    private static readonly OptionSpec RunDir = new("--run-dir", "DIR", "where the daemon's socket is (default /var/run/dwirm)");
    private static readonly OptionSpec UciDir = new("--uci-dir", "DIR", "UCI files (default /etc/config)");
    private static readonly OptionSpec PolicyFile = new("--policy", "FILE", "the site's policy (default /etc/dwirm/policy.yaml)");
    private static readonly OptionSpec CategoriesFile = new("--categories", "FILE", "category registry (default /usr/share/dwirm/categories.yaml)");
    private static readonly OptionSpec StateDir = new("--state-dir", "DIR", "leases, decisions and grants (default /etc/dwirm/state)");
    private static readonly ArgumentSpec Device = new("DEVICE", "MAC address, or a host name or address that only one device has");
    private static readonly ArgumentSpec AnyDevice = Device with { Required = false };
    private static readonly OptionSpec Clear = new("--clear", null, "take it away again");
    private static readonly OptionSpec[] Asking = [Json, RunDir];

    /// <summary>The table.</summary>
    public static IReadOnlyList<CommandSpec> All { get; } =
    [
        new()
        {
            Name = "daemon", Summary = "answer DHCP, negotiate profiles and enforce the grants", Run = LocalCommands.Daemon,
            Details = "Stays in the foreground. SIGHUP reads the configuration again, SIGTERM stops and leaves\n"
                + "enforcement in the kernel. `dwirmd` is the same command.",
            Options =
            [
                new("--check", null, "check configuration, policy and categories, say what is wrong, and end"),
                UciDir,
                PolicyFile,
                CategoriesFile,
                StateDir,
                new("--run-dir", "DIR", "socket and lock (default /var/run/dwirm)"),
                new("--lease-file", "FILE", "leases for other programs (default /tmp/dhcp.leases)"),
            ],
        },
        new() { Name = "status", Summary = "show the daemon at a glance, with what needs attention", Options = Asking, Run = StatusCommand.Run },
        new() { Name = "devices", Summary = "list the devices and where they stand", Options = Asking, Run = DeviceCommands.List },
        new()
        {
            Name = "device", Summary = "show all about one device", Arguments = [Device], Options = Asking, Run = DeviceCommands.Show,
        },
        new() { Name = "leases", Summary = "list the leases", Options = Asking, Run = LeaseCommand.Run },
        new() { Name = "grants", Summary = "list what is granted and enforced", Options = Asking, Run = GrantCommand.Run },
        new()
        {
            Name = "counters", Summary = "show what devices used and what they were refused", Arguments = [AnyDevice], Options = Asking,
            Run = CountersCommand.Run,
        },
        new() { Name = "pending", Summary = "show the requests that wait for a decision", Options = Asking, Run = PendingCommand.Run },
        new()
        {
            Name = "approve", Summary = "grant what a device asked for", Arguments = [Device], Run = DecisionCommands.Approve,
            Details = "Grants everything that policy leaves to the owner, port forwards included. What a rule of\n"
                + "the policy denies stays denied. An amendment is a profile that narrows the request: what it\n"
                + "does not name is refused, and of what it names only the options that stand in it change.",
            Options =
            [
                new("--amend", "FILE", "JSON profile, at most 8 KiB, that narrows what is granted; - for standard input"),
                new("--category", "NAME", "only this category; what else waits is refused until approved too"),
                new("--once", null, "for this lease only; the next request is decided anew"),
                .. Asking,
            ],
        },
        new() { Name = "deny", Summary = "refuse what a device asked for", Arguments = [Device], Options = Asking, Run = DecisionCommands.Deny },
        new()
        {
            Name = "revoke", Summary = "take back what a device was granted", Arguments = [Device], Options = Asking, Run = DecisionCommands.Revoke,
            Details = "Running connections are cut at once.",
        },
        new()
        {
            Name = "forget", Summary = "forget a device: its request, the decision and the grant", Arguments = [Device], Options = Asking,
            Run = DecisionCommands.Forget,
            Details = "Its next request is decided as if it had never been here. Until then the posture of its\n"
                + "network applies: on an open one it is free. `dwirm block` keeps it cut off.",
        },
        new()
        {
            Name = "full-access", Summary = "lift all restrictions of a device", Arguments = [Device], Run = DecisionCommands.FullAccess,
            Options = [new("--until", "TIME", UntilTime.Forms), .. Asking],
        },
        new()
        {
            Name = "assign", Summary = "give a device a profile that it did not ask for", Arguments = [Device, new("PROFILE", "a JSON profile, or a template such as camera", false)],
            Details = "The device may then do what the profile says and nothing else; rules of the policy that deny\n"
                + "or narrow still do. Templates stand in categories.yaml and categories.d. With --clear what\n"
                + "the device asked itself, and your word on that, holds again.",
            Options = [Clear, .. Asking], Run = ControlCommands.Assign,
        },
        new()
        {
            Name = "observe", Summary = "look at what an unrestricted device uses, to suggest a profile", Arguments = [Device],
            Run = SuggestCommands.Observe,
            Details = "For a day, or as long as you say. Its flows through the router are looked at every half\n"
                + "minute, and its questions for names go through the daemon; nothing is restricted. What was\n"
                + "seen is kept in memory only.",
            Options = [new("--for", "TIME", UntilTime.Forms), new("--stop", null, "end it; what was seen stays"), .. Asking],
        },
        new()
        {
            Name = "suggest", Summary = "print a profile that allows what a device was seen using", Arguments = [Device],
            Run = SuggestCommands.Suggest,
            Details = "The profile is printed for `dwirm assign DEVICE FILE` (or `-`, in a pipe), and what was seen on\n"
                + "standard error. Read it first: a device that is already misused was seen being misused.",
            Options = [new("--json", null, "the profile only"), RunDir],
        },
        new()
        {
            Name = "limit", Summary = "limit the rate of a device", Arguments = [Device, new("RATE", "such as 5Mbps, 500Kbps; none for no limit", false)],
            Details = "In both directions, of what passes the router. Rates need a unit: bps, Kbps, Mbps, Gbps.",
            Options = [new("--up", "RATE", "another rate from the device; Line for no limit"), Clear, .. Asking], Run = ControlCommands.Limit,
        },
        new()
        {
            Name = "pause", Summary = "cut a device off for a while", Arguments = [Device], Run = ControlCommands.Pause,
            Details = "It reaches only DHCP, DNS and NTP of the router until `dwirm resume`, or for a time.",
            Options = [new("--for", "TIME", UntilTime.Forms), .. Asking],
        },
        new() { Name = "resume", Summary = "end a pause", Arguments = [Device], Options = Asking, Run = ControlCommands.Resume },
        new()
        {
            Name = "schedule", Summary = "open a device in certain hours only", Run = ControlCommands.Schedule,
            Details = "One window a day, over midnight too (21:00-06:59L); its last minute belongs to it. Without L, or\n"
                + "a zone code, the hours are UTC.",
            Arguments = [Device, new("HOURS", "such as 07:00-21:00L (L: the router's time); none for always", false)], Options = [Clear, .. Asking],
        },
        new()
        {
            Name = "quota", Summary = "limit how much data a device may use a day", Run = ControlCommands.Quota,
            Arguments = [Device, new("AMOUNT", "such as 2GB/day, 500MB; none for no limit", false)], Options = [Clear, .. Asking],
            Details = "Both directions together, counted from local midnight. When it is used up the device is cut\n"
                + "off, within ten seconds, until midnight.",
        },
        new()
        {
            Name = "block", Summary = "cut a device off until you say otherwise", Arguments = [Device], Options = [Clear, .. Asking], Run = ControlCommands.Block,
        },
        new()
        {
            Name = "plan", Summary = "show what the kernel is to enforce now", Arguments = [AnyDevice], Run = PlanCommand.Run,
            Options = [new("--nft", null, "as an equivalent nft script, to read or for another router"), .. Asking],
        },
        new()
        {
            Name = "events", Summary = "show what was asked and decided", Arguments = [AnyDevice], Run = EventCommand.Run,
            Options =
            [
                new("--follow", null, "stay, and print events as they happen", "-f"),
                new("--limit", "N", "at most N past events (default 100)", "-n"),
                .. Asking,
            ],
        },
        new()
        {
            Name = "key add", Summary = "make a key for a device, and print it this once", Arguments = [Device], Run = KeyCommands.Add,
            Details = "The device proves its requests with the key (DHCP authentication, RFC 3118); from then on\n"
                + "only proven profiles of that MAC are looked at. What is printed is the file that\n"
                + "`dwirm-device --key` takes.",
            Options =
            [
                new("--file", "FILE", "write it to FILE (mode 0600) instead of printing it"),
                new("--hex", null, "print the secret alone, 32 hexadecimal digits; `key list` has its id"),
                .. Asking,
            ],
        },
        new() { Name = "key list", Summary = "list the device keys, without their secrets", Options = Asking, Run = KeyCommands.List },
        new()
        {
            Name = "key remove", Summary = "take a device's key away", Arguments = [Device], Options = Asking, Run = KeyCommands.Remove,
            Details = "What was granted because the request was proven is decided anew, at once.",
        },
        new()
        {
            Name = "policy check", Summary = "check a policy file", Arguments = [new("FILE", "the YAML file")], Run = LocalCommands.CheckPolicy,
            Details = "Prints FILE:LINE: message for each fault.",
        },
        new()
        {
            Name = "policy explain", Summary = "say which rule decides what of a profile, and what it narrows", Run = ExplainCommand.Run,
            Arguments = [new("PROFILE", "a device, or a JSON profile; - for standard input")],
            Options = [new("--network", "NAME", "the network that a device with this profile would be on"), .. Asking],
            Details = "A device's own profile is weighed with what was decided about it; a file as if a new device\n"
                + "had sent it, by the policy that the daemon has read.",
        },
        new()
        {
            Name = "doctor", Summary = "examine what this system has of what the daemon needs", Run = DoctorCommand.Run,
            Details = "With and without a running daemon. A line for each thing: ok, warn, or FAIL for what is missing\n"
                + "and matters, with the cure. Exit code 1 when anything fails.",
            Options = [UciDir, PolicyFile, CategoriesFile, StateDir, .. Asking],
        },
        new()
        {
            Name = "cleanup", Summary = "take everything of ours out of the kernel", Options = [RunDir], Run = LocalCommands.Cleanup,
            Details = "Removes the tables and queues: nothing is enforced from then on. Not while the daemon runs.",
        },
        new() { Name = "version", Summary = "print the version", Options = [Json], Run = LocalCommands.Version },
    ];
}
