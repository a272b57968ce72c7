namespace Dwirm.Control.Tests;

/// <summary>The document that other programs are promised.</summary>
internal static class ArchitectureSample
{
    public const string Device =
        """{"mac":"02:00:00:00:00:01","clientId":"01020000000001","network":"lan","ip":"192.168.1.101","ip6":[],"hostname":"cam","description":"Example Brand Security Camera","""
        + """ "state":"granted","since":"2026-01-01T00:00:00Z","leaseExpires":"2026-01-01T12:00:00Z","authenticated":false,"""
        + """ "requested":{"IoT Profile":{}},"granted":{"IoT Profile":{}},"""
        + """ "services":[{"direction":"provide","category":"Video Stream","decision":"amended","rule":"cameras stream at home, never from outside","active":true,"nextChange":null,"""
        + """ "ports":"88-99","portForward":"","rateBitsPerSecond":2000000,"schedule":"00:00-23:59","packets":0,"bytes":0,"dropped":0}]}""";
}
