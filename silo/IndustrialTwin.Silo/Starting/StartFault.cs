using System.Net.Sockets;
using System.Text.RegularExpressions;
using IndustrialTwin.Certificates;
using IndustrialTwin.Schemas;
using Microsoft.Extensions.Options;
using Npgsql;

namespace IndustrialTwin.Starting;

/// <summary>Puts what stood in the way of a start into one sentence.</summary>
internal static partial class StartFault
{
    /// <summary>The sentence, or null for a fault that only its stack trace explains.</summary>
    public static string? Sentence(Exception fault)
    {
        for (Exception? cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (Known(cause) is { } sentence)
            {
                return sentence.ReplaceLineEndings(" ");
            }
        }

        return null;
    }

    /// <summary>A broken rule as <c>Mqtt:Port: The field Port must be between 0 and 65535.</c></summary>
    public static string Readable(string failure)
    {
        if (Annotation().Match(failure) is not { Success: true } rule)
        {
            return failure;
        }

        var (section, error) = (rule.Groups["section"].Value, rule.Groups["error"].Value);
        return error.StartsWith(section + ":", StringComparison.Ordinal) ? error : $"{section}:{rule.Groups["member"].Value}: {error}";
    }

    private static string? Known(Exception fault) => fault switch
    {
        AggregateException { InnerExceptions: [var first, ..] } => Sentence(first),
        StartException or SchemaException or CertificateException => fault.Message,
        OptionsValidationException options => string.Join(" ", options.Failures.Select(Readable)),
        IOException { InnerException: Microsoft.AspNetCore.Connections.AddressInUseException } =>
            $"{fault.Message} Urls names it; end what listens there, or set another one, such as Urls=http://localhost:8081.",
        NpgsqlException postgres => $"Storage:ConnectionString: PostgreSQL cannot be used ({postgres.Message}).",
        Microsoft.Data.Sqlite.SqliteException sqlite => $"Storage:Path: the SQLite file cannot be used ({sqlite.Message}).",

        // Said in whole sentences where they are thrown: a setting of the wrong type, a key of the wrong form, a port that is taken.
        InvalidOperationException when fault.Message.StartsWith("Failed to convert configuration value", StringComparison.Ordinal) => fault.Message,
        InvalidOperationException { InnerException: SocketException } => fault.Message,
        FormatException => fault.Message,
        _ => null,
    };

    [GeneratedRegex("^DataAnnotation validation failed for '(Grid)?(?<section>\\w+)Options' members: '(?<member>[^']*)' with the error: '(?<error>.*)'\\.$")]
    private static partial Regex Annotation();
}
