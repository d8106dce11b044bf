using Microsoft.Extensions.Logging;

namespace IndustrialTwin.Machines;

/// <content>What the pump says.</content>
internal sealed partial class TwinPump
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Machine}: analysis waits; it goes on by itself.")]
    private partial void LogStalled(MachineKey machine, Exception fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Machine}: no device can compute a request of analysis {Analysis}; its rows get no point.")]
    private partial void LogAbandoned(MachineKey machine, string analysis, Exception fault);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Machine}: ALARM {Alarm}, {Feature} is {Value}, the limit is {Limit}.")]
    private partial void LogRaised(MachineKey machine, string alarm, string feature, string value, string limit);
}
