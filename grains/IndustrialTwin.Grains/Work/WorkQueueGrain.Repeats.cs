using System.Diagnostics.CodeAnalysis;
using IndustrialTwin.Accelerators;
using IndustrialTwin.Policy;

namespace IndustrialTwin.Work;

/// <summary>Requests that their callers ask for again, since they have heard nothing: each is done once.</summary>
internal sealed partial class WorkQueueGrain
{
    /// <summary>Answers that are kept for callers who lost theirs, and the values in them.</summary>
    private const int AnswersKept = 1_024;
    private const int AnswerValuesKept = 65_536;

    private readonly Dictionary<Guid, PendingWork> _named = [];
    private readonly AnswerMemory<Guid, ComputeReply> _answered = new(AnswersKept, AnswerValuesKept);

    /// <summary>A caller that has heard nothing asks again: it shares the answer of the request that is open, or hears the one it has missed.</summary>
    private bool TryRepeat(ComputeRequest request, CancellationToken cancellationToken, [NotNullWhen(true)] out Task<ComputeReply>? reply)
    {
        reply = null;
        if (request.Name == Guid.Empty)
        {
            return false;
        }

        if (_named.TryGetValue(request.Name, out var work))
        {
            work.TellOn(Cancel, _scheduler, cancellationToken);
            reply = work.Reply;
        }
        else if (_answered.TryRecall(request.Name, out var answer))
        {
            reply = Task.FromResult(answer);
        }
        else
        {
            return false;
        }

        _counts.Repeated++;
        return true;
    }

    private void Named(PendingWork work)
    {
        if (work.Request.Name != Guid.Empty)
        {
            _named.Add(work.Request.Name, work);
        }
    }

    private void Answered(PendingWork work, ComputeReply reply)
    {
        if (_named.Remove(work.Request.Name))
        {
            _answered.Keep(work.Request.Name, reply, reply.Values.Length);
        }
    }
}
