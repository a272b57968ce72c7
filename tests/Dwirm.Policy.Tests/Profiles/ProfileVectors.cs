using System.Collections.Generic;
using System.Linq;
using System.Text;
using Dwirm.Policy.Profiles;

namespace Dwirm.Policy.Tests.Profiles;

/// <summary>The draft's sample in the layouts it may arrive in, and short ways to parse.</summary>
internal static class ProfileVectors
{
    public const string Canonical =
        """{"IoT Profile":{"Description":"Example Brand Security Camera","Provide":{"Video Stream":{"Ports":"88-99","PortFwd":"88-99:8088-8099","Rate":"2Mbps","Schedule":"00:00-23:59","Hints":"RTSP"},"Management":{"Ports":"80,443,22","Rate":"15Kbps","Schedule":"00:00-23:59","Hints":"HTTP, HTTPS, SSH"}},"Consume":{"Firmware Update":{"Endpoints":["https://update.example.com/prod/9876543v2/upgrade","https://mirror.example-com.example.net:8888/prod/upgrade","sftp://update.example.com/prod/9876543v2/upgrade"],"Rate":"5Mbps","Schedule":"02:00-04:59"}}}}""";

    public const string Answered =
        """{"IoT Profile":{"Description":"Example Brand Security Camera","Provide":{"Video Stream":{"Ports":"88-99","PortFwd":"","Rate":"2Mbps","Schedule":"00:00-23:59","Hints":"RTSP"},"Management":{"Ports":"80,443,22","Rate":"15Kbps","Schedule":"00:00-23:59","Hints":"HTTP, HTTPS, SSH"}},"Consume":{"Firmware Update":{"Endpoints":["https://update.example.com/prod/9876543v2/upgrade","https://mirror.example-com.example.net:8888/prod/upgrade","sftp://update.example.com/prod/9876543v2/upgrade"],"Rate":"5Mbps","Schedule":"02:00-04:59"}}}}""";

    // The layout the draft prints its samples in: the comma leads the line.
    public const string CommaFirst =
        """
        { "IoT Profile" :
          { "Description" : "Example Brand Security Camera"
          , "Provide" :
            { "Video Stream" :
              { "Ports"    : "88-99"
              , "PortFwd"  : "88-99:8088-8099"
              , "Rate"     : "2Mbps"
              , "Schedule" : "00:00-23:59"
              , "Hints"    : "RTSP"
              }
            , "Management" :
              { "Ports"    : "80,443,22"
              , "Rate"     : "15Kbps"
              , "Schedule" : "00:00-23:59"
              , "Hints"    : "HTTP, HTTPS, SSH"
              }
            }
          , "Consume" :
            { "Firmware Update" :
              { "Endpoints" :
                [ "https://update.example.com/prod/9876543v2/upgrade"
                , "https://mirror.example-com.example.net:8888/prod/upgrade"
                , "sftp://update.example.com/prod/9876543v2/upgrade"
                ]
              , "Rate"     : "5Mbps"
              , "Schedule" : "02:00-04:59"
              }
            }
          }
        }
        """;

    public static IotProfile Parse(string text)
    {
        Assert.True(IotProfile.TryParse(Encoding.UTF8.GetBytes(text), out IotProfile? profile, out ProfileFault fault), fault.Describe());
        Assert.Equal(ProfileFaultKind.None, fault.Kind);
        return profile!;
    }

    public static ProfileFault Fault(string text) => Fault(Encoding.UTF8.GetBytes(text));

    public static ProfileFault Fault(byte[] octets)
    {
        Assert.False(IotProfile.TryParse(octets, out IotProfile? profile, out ProfileFault fault));
        Assert.Null(profile);
        Assert.NotEqual(ProfileFaultKind.None, fault.Kind);
        Assert.NotEmpty(fault.Describe());
        return fault;
    }

    /// <summary>A profile that provides one category with the given members.</summary>
    public static string Category(string members, string section = "Provide") =>
        "{\"IoT Profile\":{\"" + section + "\":{\"Thing\":{" + members + "}}}}";

    /// <summary>The only category of <see cref="Category"/>.</summary>
    public static CategoryRequest One(string members) => Assert.Single(Parse(Category(members)).Categories);

    /// <summary>Every category granted as asked.</summary>
    public static List<AnswerService> GrantAll(IotProfile profile) =>
        profile.Categories.Select(c => new AnswerService { Direction = c.Direction, Category = c.Name }).ToList();
}
