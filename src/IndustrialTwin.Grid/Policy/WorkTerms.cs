namespace IndustrialTwin.Policy;

/// <summary>All that the policy knows of a request. Times are microseconds of one clock, any origin.</summary>
/// <param name="Class">How it is treated.</param>
/// <param name="DeadlineUs">When its answer is wanted. It is not executed later.</param>
/// <param name="Units">Its amount of work, 1 or more: windows for a batched kernel, predicted microseconds for a job that is bid for.</param>
/// <param name="LatestUs">
/// The latest deadline that the caller would settle for; admission may degrade the request to a deadline up to this one. Equal to
/// <paramref name="DeadlineUs"/> or less where the caller would not.
/// </param>
public readonly record struct WorkTerms(RequestClass Class, long DeadlineUs, int Units = 1, long LatestUs = 0);
