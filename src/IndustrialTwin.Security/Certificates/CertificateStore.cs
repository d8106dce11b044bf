using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace IndustrialTwin.Certificates;

/// <summary>
/// Credentials that follow their files: what is put there is used by every connection made after it, without a restart. Files are
/// read again at an interval, since a mounted secret changes by the swap of a link, which file watchers miss. While what is in the
/// files cannot be used, the credentials before it stay.
/// </summary>
public sealed partial class CertificateStore : IDisposable
{
    private const int ReadAttempts = 5;
    private const int FileBytesMax = 1024 * 1024;

    private readonly CertificateFiles _files;
    private readonly CertificateOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Meter _meter = new("IndustrialTwin.Security");
    private readonly Lock _loading = new();
    private readonly ITimer _timer;
    private volatile Credentials _current;
    private string[] _texts;
    private string? _fault;
    private bool _isTold;
    private DateTimeOffset _warned = DateTimeOffset.MinValue;

    /// <summary>Reads the files and begins to follow them.</summary>
    /// <exception cref="CertificateException">A file is missing or cannot be used.</exception>
    public CertificateStore(CertificateOptions options, TimeProvider? time = null, ILogger<CertificateStore>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _files = options.Files ?? throw new CertificateException(
            $"{CertificateOptions.Section}:{nameof(CertificateOptions.Folder)} is not set; expected a folder with tls.crt, tls.key and ca.crt.");
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<CertificateStore>.Instance;
        _texts = ReadFiles();
        _current = Credentials.Read(_files, _texts[0], _texts[1], _texts[2]);
        CheckKeyMode();
        Told(_current);
        _meter.CreateObservableGauge(
            "itwin.certificate.remaining", () => (_current.Certificate.NotAfter.ToUniversalTime() - _time.GetUtcNow().UtcDateTime).TotalSeconds, "s", "Time to the end of the process' certificate.");
        Refusals = new TlsRefusals(_meter, _time, _logger);
        _timer = _time.CreateTimer(_ => Reload(), null, options.ReloadInterval, options.ReloadInterval);
    }

    /// <summary>What a connection that is made now uses.</summary>
    public Credentials Current => _current;

    /// <summary>Whether it is asked if others' certificates were revoked.</summary>
    public X509RevocationMode Revocation => _options.Revocation;

    /// <summary>How others' certificates are judged now.</summary>
    public X509ChainPolicy Policy => _current.Policy(_options.Revocation);

    /// <summary>Where refused connections are counted and told.</summary>
    public TlsRefusals Refusals { get; }

    /// <summary>Reads the files again where they have changed. While a fault lasts the credentials stay as they were; it is told once.</summary>
    public void Reload()
    {
        lock (_loading)
        {
            try
            {
                var texts = ReadFiles();
                if (!texts.SequenceEqual(_texts))
                {
                    _current = Credentials.Read(_files, texts[0], texts[1], texts[2]);
                    _texts = texts;
                    Told(_current);
                }

                (_fault, _isTold) = (null, false);
            }
            catch (CertificateException fault)
            {
                // At the second look: at the first, somebody may be in the middle of copying the files.
                if (_fault == fault.Message && !_isTold)
                {
                    _isTold = true;
                    LogUnusable(fault.Message, _current.Certificate.Subject);
                }

                _isTold &= _fault == fault.Message;
                _fault = fault.Message;
            }

            WarnOfEnd();
        }
    }

    /// <summary>Why a client's certificate that was good when its connection began is no more, as the end of a sentence; null where it still is.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="above">Those between it and its authority, as its holder showed them.</param>
    public string? Fault(X509Certificate2 certificate, X509Certificate2Collection above)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        var policy = Policy;
        policy.ExtraStore.AddRange(above);
        using var chain = new X509Chain { ChainPolicy = policy };
        return CertificateNames.Fault(certificate, chain, chain.Build(certificate) ? SslPolicyErrors.None : SslPolicyErrors.RemoteCertificateChainErrors);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _meter.Dispose();
    }

    /// <summary>The three files as they were at one time: read until two readings agree, as a swap may fall between them.</summary>
    private string[] ReadFiles()
    {
        var before = ReadOnce();
        for (var attempt = 1; attempt < ReadAttempts; attempt++)
        {
            var texts = ReadOnce();
            if (texts.SequenceEqual(before))
            {
                return texts;
            }

            before = texts;
        }

        throw new CertificateException($"'{_files.Certificate}', its key and its authorities change while they are read.");
    }

    private string[] ReadOnce() => [Text(_files.Certificate), Text(_files.Key), Text(_files.Authorities)];

    private static string Text(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            using var reader = new StreamReader(stream);
            return stream.Length <= FileBytesMax
                ? reader.ReadToEnd()
                : throw new CertificateException($"'{file}' has {stream.Length} bytes; expected a PEM file of at most {FileBytesMax}.");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException($"'{file}' cannot be read ({fault.Message.TrimEnd('.')}); expected a PEM file.", fault);
        }
    }

    private void CheckKeyMode()
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(_files.Key) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite)) != 0)
        {
            LogKeyOpen(_files.Key);
        }
    }

    private void Told(Credentials credentials) => LogUsed(
        credentials.Certificate.Subject,
        Day(credentials.Certificate.NotAfter),
        string.Join(", ", credentials.Authorities.Select(authority => $"'{authority.Subject}'")));

    private void WarnOfEnd()
    {
        var now = _time.GetUtcNow();
        var end = new DateTimeOffset(_current.Certificate.NotAfter);
        if (end - now < _options.WarnBeforeEnd && now - _warned > TimeSpan.FromDays(1))
        {
            _warned = now;
            LogEnds(_current.Certificate.Subject, Day(_current.Certificate.NotAfter), _files.Certificate);
        }
    }

    private static string Day(DateTime time) => time.ToUniversalTime().ToString("u", CultureInfo.InvariantCulture);

    [LoggerMessage(1, LogLevel.Information, "Uses the certificate '{Subject}', valid until {End}, and trusts {Authorities}")]
    private partial void LogUsed(string subject, string end, string authorities);

    [LoggerMessage(2, LogLevel.Error, "New certificates cannot be used: {Detail} '{Subject}' stays in use")]
    private partial void LogUnusable(string detail, string subject);

    [LoggerMessage(3, LogLevel.Warning, "The certificate '{Subject}' ends at {End} and {File} holds no newer one; connections made after that are refused by others")]
    private partial void LogEnds(string subject, string end, string file);

    [LoggerMessage(4, LogLevel.Warning, "The private key {File} can be read by every user of this computer; expected mode 600, or 440 for a mounted secret")]
    private partial void LogKeyOpen(string file);
}
