using System;
using Dwirm.Cli;
using Dwirm.Cli.Output;
using Dwirm.Daemon;
using Dwirm.Daemon.Doctor;
using Dwirm.Linux;

var context = new CommandContext
{
    Output = new SystemOutput(),
    NowUnixMs = Clock.RealTimeMs,
    ZoneOffset = LocalZone.OffsetSeconds,
    RunDaemon = DaemonProgram.Run,
    CheckDaemon = DaemonProgram.Check,
    Cleanup = DaemonProgram.Cleanup,
    CheckPolicy = DaemonProgram.CheckPolicy,
    Examine = Examination.Run,
};
return CommandLine.Run(context, Environment.GetCommandLineArgs()[0], args);
