namespace IndustrialTwin.Certification;

/// <summary>One thing to find out. It answers with what it measured, throws a <see cref="CheckException"/> where the driver fails, and takes what time it is given.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="RunAsync">Finds it out.</param>
internal sealed record Check(string Subject, Func<CancellationToken, Task<string>> RunAsync);
