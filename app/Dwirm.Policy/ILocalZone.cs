namespace Dwirm.Policy;

/// <summary>The router's own time zone, for schedules that end in <c>L</c>.</summary>
public interface ILocalZone
{
    /// <summary>Seconds to add to UTC to get local time at <paramref name="unixSeconds"/>, daylight saving time included; east of Greenwich is positive.</summary>
    int OffsetSeconds(long unixSeconds);
}
