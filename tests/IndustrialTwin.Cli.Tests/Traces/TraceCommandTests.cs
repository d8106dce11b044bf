using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using IndustrialTwin.CommandLine;
using IndustrialTwin.Replay;
using Xunit;

namespace IndustrialTwin.Traces;

/// <summary>From OTLP on a port to what an SRE reads.</summary>
public sealed class TraceCommandTests : IDisposable
{
    private const ulong Epoch = 1_700_000_000_000_000_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-trace-");

    private string File => Path.Combine(_folder.FullName, "traces.jsonl");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task What_a_silo_exports_is_written_and_shown_with_where_the_time_went()
    {
        await ReceiveAsync(Request(
            Span(1, 0, "itwin/v1/{site}/{line}/{machine}/samples process", 0, 90, [("itwin.samples.age_ms", 2.5), ("itwin.room.wait_ms", 0.25)]),
            Span(2, 1, "machine observe", 0.5, 89, [("itwin.machine", "wuhan/line-3/press-07"), ("itwin.commit_ms", 88.0)]),
            Span(3, 1, "machine control", 1.25, 41, [("itwin.machine", "wuhan/line-3/press-07"), ("itwin.outcome", "late"), ("process.pause.gc_ms", 7.5)], "no command: late", ("answered", 40.5)),
            Span(4, 3, "device.queue", 1.5, 31.5, [("device.before.operation", "autoencoder-train"), ("device.before.class", "deferrable"), ("device.before.windows", 640L), ("device.before.busy_ms", 29.0), ("device.before.launch_ms", 44.0), ("device.before.cpu_ms", 43.0)]),
            Span(5, 3, "device.launch", 32, 32.5, [("jobs", 3L)])));
        var run = await Invocation.RunAsync("trace", "show", File);
        Assert.Equal(ExitCode.Done, run.ExitCode);
        string[] Row(string name) => [.. run.Out.Split('\n').First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        Assert.Contains("1 decisions of control loops: 1 late.", run.Out, StringComparison.Ordinal);
        Assert.Equal(["1", "2.5", "2.5", "2.5", "2.5"], Row("newest sample to arrival"));
        Assert.Equal(["1", "0.25", "0.25", "0.25", "0.25"], Row("arrival to being taken"));
        Assert.Equal(["1", "1.0", "1.0", "1.0", "1.0"], Row("taken to the twin's turn"));
        Assert.Equal(["1", "30.0", "30.0", "30.0", "30.0"], Row("wait at the device"));
        Assert.Equal(["1", "8.0", "8.0", "8.0", "8.0"], Row("back to the twin"));
        Assert.Equal(["1", "41.0", "41.0", "41.0", "41.0"], Row("arrival to command, in all"));
        Assert.Equal(["1", "88.0", "88.0", "88.0", "88.0"], Row("the commit beside it, which it does not wait for"));
        Assert.Equal(["1", "7.5", "7.5", "7.5", "7.5"], Row("of it the silo stood still: garbage collector"));
        Assert.Equal(["missed", "1", "29.0", "29.0", "44.0", "43.0"], Row("autoencoder-train (deferrable)"));
        Assert.Matches(@"training\s+1 of 1\s+0 of 0\s+0\.0 - 0\.0\s+30\.0\s+41\.0\s+autoencoder-train, deferrable, 640 windows, processor 43\.0 of 44\.0 ms: 1 of 1", run.Out);
        Assert.Matches(@"trace 0909\S+  wuhan/line-3/press-07 .* 43\.5 ms  training", run.Out);
        Assert.Matches(@"\+1\.5\s+30\.0\s+device\.queue", run.Out);
        Assert.Contains("FAILED: no command: late", run.Out, StringComparison.Ordinal);
        Assert.Contains("[answered at +40.5]", run.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_miss_of_a_message_that_was_not_traced_counts_with_what_it_says_of_itself()
    {
        await ReceiveAsync(Request(Span(7, 0, "machine control", 0, 25,
            [("itwin.machine", "wuhan/line-3/press-07"), ("itwin.outcome", "expired"), ("itwin.control.began_after_ms", 0.5), ("itwin.device.wait_ms", 24.0)], "no command: expired")));
        var run = await Invocation.RunAsync("trace", "show", File, "--missed", "--machine", "wuhan/line-3/press-07");
        Assert.Equal(ExitCode.Done, run.ExitCode);
        Assert.Matches(@"wait at the device\s+1\s+24\.0", run.Out);
        var none = await Invocation.RunAsync("trace", "show", File, "--machine", "wuhan/line-3/press-08");
        Assert.Equal(ExitCode.Refused, none.ExitCode);
        Assert.Contains("no such trace", none.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await Invocation.RunAsync("trace", "show", File, "--from", "0")).ExitCode);
        Assert.Equal(ExitCode.Refused, (await Invocation.RunAsync("trace", "show", File, "--from", "1")).ExitCode);
    }

    [Fact]
    public async Task A_line_that_is_no_otlp_is_named()
    {
        await System.IO.File.WriteAllTextAsync(File, "{}\nrubbish\n");
        var run = await Invocation.RunAsync("trace", "show", File);
        Assert.Equal(ExitCode.Refused, run.ExitCode);
        Assert.Contains("line 2", run.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Refused, (await Invocation.RunAsync("trace", "show", Path.Combine(_folder.FullName, "none"))).ExitCode);
    }

    [Fact]
    public async Task What_is_no_protobuf_is_refused_and_metrics_are_taken_and_forgotten()
    {
        await using var receiver = TraceReceiver.Start(SiloFixture.FreePort(), File);
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(receiver, "/v1/traces", [0x0a, 0xff]));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(receiver, "/v1/metrics", [1, 2, 3]));
        Assert.Equal(0, receiver.Requests);
    }

    private async Task ReceiveAsync(byte[] request)
    {
        await using var receiver = TraceReceiver.Start(SiloFixture.FreePort(), File);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(receiver, "/v1/traces", request));
        Assert.Equal(1, receiver.Requests);
    }

    private static async Task<HttpStatusCode> PostAsync(TraceReceiver receiver, string path, byte[] body)
    {
        using var http = new HttpClient();
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var answer = await http.PostAsync(new Uri($"http://127.0.0.1:{receiver.Port}{path}"), content);
        return answer.StatusCode;
    }

    // ExportTraceServiceRequest of one resource and one scope.
    private static byte[] Request(params byte[][] spans) =>
        Message(output => Part(output, 1, Message(resource => Part(resource, 2, Message(scope =>
        {
            foreach (var span in spans)
            {
                Part(scope, 2, span);
            }
        })))));

    private static byte[] Span(byte id, byte parent, string name, double fromMs, double toMs, (string Key, object Value)[] tags, string? fault = null, (string Name, double Ms)? happened = null) => Message(output =>
    {
        Part(output, 1, [.. Enumerable.Repeat((byte)9, 16)]);
        Part(output, 2, [0, 0, 0, 0, 0, 0, 0, id]);
        if (parent != 0)
        {
            Part(output, 4, [0, 0, 0, 0, 0, 0, 0, parent]);
        }

        Part(output, 5, System.Text.Encoding.UTF8.GetBytes(name));
        Time(output, 7, fromMs);
        Time(output, 8, toMs);
        foreach (var (key, value) in tags)
        {
            Part(output, 9, Message(tag =>
            {
                Part(tag, 1, System.Text.Encoding.UTF8.GetBytes(key));
                Part(tag, 2, Message(any =>
                {
                    switch (value)
                    {
                        case string text: Part(any, 1, System.Text.Encoding.UTF8.GetBytes(text)); break;
                        case long whole: any.WriteTag(3, WireFormat.WireType.Varint); any.WriteInt64(whole); break;
                        case double number: any.WriteTag(4, WireFormat.WireType.Fixed64); any.WriteDouble(number); break;
                    }
                }));
            }));
        }

        if (happened is { } seen)
        {
            Part(output, 11, Message(e =>
            {
                Time(e, 1, seen.Ms);
                Part(e, 2, System.Text.Encoding.UTF8.GetBytes(seen.Name));
            }));
        }

        if (fault is not null)
        {
            Part(output, 15, Message(status =>
            {
                Part(status, 2, System.Text.Encoding.UTF8.GetBytes(fault));
                status.WriteTag(3, WireFormat.WireType.Varint);
                status.WriteEnum(2);
            }));
        }
    });

    private static void Time(CodedOutputStream output, int field, double ms)
    {
        output.WriteTag(field, WireFormat.WireType.Fixed64);
        output.WriteFixed64(Epoch + (ulong)(ms * 1e6));
    }

    private static void Part(CodedOutputStream output, int field, byte[] bytes)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(ByteString.CopyFrom(bytes));
    }

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var target = new MemoryStream();
        using (var output = new CodedOutputStream(target, leaveOpen: true))
        {
            write(output);
        }

        return target.ToArray();
    }
}
