namespace IndustrialTwin.Protocols;

/// <summary>What goes wrong in a run, drawn from its seed. Probabilities are of one event each; times are means, in microseconds.</summary>
internal sealed record Hazards
{
    public required double CommitFails { get; init; }

    public required double CommitAnswerLost { get; init; }

    public required double CommitHangs { get; init; }

    public required double CommitTorn { get; init; }

    public required double CommitSpoiled { get; init; }

    public required double ReadFails { get; init; }

    public required double CheckpointFails { get; init; }

    public required double CheckpointAnswerLost { get; init; }

    public required double CheckpointForgotten { get; init; }

    public required double MessageLost { get; init; }

    public required double MessageTwice { get; init; }

    public required double MessageLate { get; init; }

    public required double ComputeFails { get; init; }

    public required double ComputeNeverAnswers { get; init; }

    public required double CommandLost { get; init; }

    public required long DatabaseDownEveryUs { get; init; }

    public required long CrashEveryUs { get; init; }

    public required long PauseEveryUs { get; init; }

    public required long DuplicateEveryUs { get; init; }

    public required long SleepEveryUs { get; init; }

    public required long MoveEveryUs { get; init; }

    public required long ClockJumpEveryUs { get; init; }

    /// <summary>A run in which nothing goes wrong.</summary>
    public static Hazards None { get; } = Of(_ => 0, _ => 0);

    /// <summary>Each hazard is present in about half of the runs, so that runs of few hazards come up too.</summary>
    public static Hazards Draw(Random random) => Of(
        most => random.Next(2) == 0 ? 0 : most * random.NextDouble(),
        least => random.Next(2) == 0 ? 0 : (long)(least * (1 + (3 * random.NextDouble()))));

    private static Hazards Of(Func<double, double> chance, Func<long, long> every) => new()
    {
        CommitFails = chance(0.05),
        CommitAnswerLost = chance(0.05),
        CommitHangs = chance(0.02),
        CommitTorn = chance(0.03),
        CommitSpoiled = chance(0.03),
        ReadFails = chance(0.1),
        CheckpointFails = chance(0.2),
        CheckpointAnswerLost = chance(0.1),
        CheckpointForgotten = chance(0.1),
        MessageLost = chance(0.1),
        MessageTwice = chance(0.1),
        MessageLate = chance(0.3),
        ComputeFails = chance(0.1),
        ComputeNeverAnswers = chance(0.02),
        CommandLost = chance(0.1),
        DatabaseDownEveryUs = every(20_000_000),
        CrashEveryUs = every(10_000_000),
        PauseEveryUs = every(10_000_000),
        DuplicateEveryUs = every(4_000_000),
        SleepEveryUs = every(3_000_000),
        ClockJumpEveryUs = every(10_000_000),
        MoveEveryUs = every(2_000_000),
    };
}

/// <summary>A fault put into the run on purpose, to show that the checks see it.</summary>
internal enum Mutation
{
    None,

    /// <summary>The log takes writes of any fence.</summary>
    IgnoresFences,

    /// <summary>The log answers before it commits.</summary>
    AnswersBeforeCommit,

    /// <summary>The log takes a batch's name again.</summary>
    TakesTwice,

    /// <summary>A silo's crash takes its newest committed group with it.</summary>
    LosesTail,

    /// <summary>A claim does not wait for earlier writes.</summary>
    ClaimsDoNotWait,

    /// <summary>The log loses the quarantine records of a batch.</summary>
    LosesQuarantine,

    /// <summary>Reading the log leaves an entry out now and then.</summary>
    ReadsSkip,

    /// <summary>A checkpoint says that it stands for more than it does.</summary>
    CheckpointRunsAhead,

    /// <summary>A state that a twin takes with it when it moves says that it stands for more than it does.</summary>
    MovesAhead,

    /// <summary>Machines carry out commands of any fence.</summary>
    MachineObeysAnyone,
}
