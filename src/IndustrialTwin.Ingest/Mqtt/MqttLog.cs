using System.Globalization;
using Microsoft.Extensions.Logging;
using MQTTnet.Diagnostics.Logger;

namespace IndustrialTwin.Mqtt;

/// <summary>Passes MQTTnet's warnings and errors on; its packet log is left out.</summary>
internal sealed partial class MqttLog(ILogger logger) : IMqttNetLogger
{
    public bool IsEnabled => true;

    public void Publish(MqttNetLogLevel logLevel, string source, string message, object[]? parameters, Exception? exception)
    {
        if (logLevel < MqttNetLogLevel.Warning)
        {
            return;
        }

        var text = parameters is { Length: > 0 } ? string.Format(CultureInfo.InvariantCulture, message, parameters) : message;
        if (logLevel == MqttNetLogLevel.Error)
        {
            LogError(source, text, exception);
        }
        else
        {
            LogWarning(source, text, exception);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "{Source}: {Text}")]
    private partial void LogError(string source, string text, Exception? fault);

    [LoggerMessage(2, LogLevel.Debug, "{Source}: {Text}")]
    private partial void LogWarning(string source, string text, Exception? fault);
}
