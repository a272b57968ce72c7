using System;

namespace Dwirm.Control;

/// <summary>Times in documents: RFC 3339 in UTC with seconds, <c>2026-01-01T00:00:00Z</c>; in memory Unix milliseconds, 0 for none.</summary>
public static class Timestamp
{
    /// <summary>The first moment that is not written: 10000-01-01.</summary>
    private const long EndSeconds = 253_402_300_800;

    /// <summary>Formats Unix milliseconds from 0 to the end of the year 9999; times outside are moved to the nearest end. Fractions of a second are dropped.</summary>
    public static string Format(long unixMs) => string.Create(20, Math.Clamp(unixMs / 1000, 0, EndSeconds - 1), static (text, seconds) =>
    {
        (int year, int month, int day) = CivilFromDays((int)(seconds / 86_400));
        int second = (int)(seconds % 86_400);
        Put(text, year, 0, 4, '-');
        Put(text, month, 5, 2, '-');
        Put(text, day, 8, 2, 'T');
        Put(text, second / 3600, 11, 2, ':');
        Put(text, second / 60 % 60, 14, 2, ':');
        Put(text, second % 60, 17, 2, 'Z');
    });

    /// <summary>Parses what <see cref="Format"/> writes; seconds may be left out, and a fraction is read and dropped.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out long unixMs)
    {
        unixMs = 0;
        if (text.Length < 17 || (text[^1] | 0x20) != 'z') return false;
        if (!Number(text, 0, 4, '-', out int year) || !Number(text, 5, 2, '-', out int month) || !Number(text, 8, 2, 't', out int day)) return false;
        if (!Number(text, 11, 2, ':', out int hour) || !Number(text, 14, 2, '\0', out int minute)) return false;
        int second = 0;
        ReadOnlySpan<char> rest = text[16..^1];
        if (rest.Length > 0)
        {
            if (rest[0] != ':' || !Number(rest, 1, 2, '\0', out second)) return false;
            rest = rest[3..];
            if (rest.Length > 0 && (rest[0] != '.' || rest.Length == 1 || rest[1..].ContainsAnyExceptInRange('0', '9'))) return false;
        }
        if (year < 1970 || month is < 1 or > 12 || day < 1 || day > DaysIn(year, month) || hour > 23 || minute > 59 || second > 59) return false;
        unixMs = (DaysFromCivil(year, month, day) * 86_400L + hour * 3600 + minute * 60 + second) * 1000;
        return true;
    }

    private static void Put(Span<char> text, int value, int at, int digits, char after)
    {
        for (int i = at + digits - 1; i >= at; i--, value /= 10) text[i] = (char)('0' + value % 10);
        text[at + digits] = after;
    }

    private static bool Number(ReadOnlySpan<char> text, int at, int digits, char after, out int value)
    {
        value = 0;
        if (text.Length < at + digits) return false;
        foreach (char c in text.Slice(at, digits))
        {
            if (!char.IsAsciiDigit(c)) return false;
            value = value * 10 + (c - '0');
        }
        if (after == '\0') return true;
        if (text.Length <= at + digits) return false;
        char found = text[at + digits];
        return found == after || (after == 't' && found is 'T' or ' ');
    }

    private static int DaysIn(int year, int month) => month switch
    {
        2 => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    /// <summary>Days since 1970-01-01 of a Gregorian date, counted in years that begin in March so that the leap day comes last.</summary>
    private static int DaysFromCivil(int year, int month, int day)
    {
        int y = month <= 2 ? year - 1 : year;
        int era = y / 400, yearOfEra = y % 400;
        int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468;
    }

    private static (int Year, int Month, int Day) CivilFromDays(int days)
    {
        int shifted = days + 719_468;
        int era = shifted / 146_097, dayOfEra = shifted % 146_097;
        int yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        int dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        int shiftedMonth = (5 * dayOfYear + 2) / 153;
        int month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1);
    }
}
