using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;

namespace IndustrialTwin.Machines;

/// <summary>What a batch must be as a whole before its samples are looked at.</summary>
internal static class BatchRules
{
    private const int SourceLengthMax = 64;

    /// <summary>Says why a twin cannot take a batch, or null.</summary>
    public static (QuarantineReason Reason, string Detail)? Fault(MachineKey machine, DeclaredState declared, SequenceLedger ledger, SampleBatch batch)
    {
        if (!declared.IsActive)
        {
            return declared.IsRetired
                ? (QuarantineReason.RetiredMachine, $"{machine}: the machine is retired; declare it in its plant file again.")
                : (QuarantineReason.UnknownMachine, $"{machine}: no plant file declares the machine; apply one that does.");
        }

        if (batch.Machine != machine)
        {
            return (QuarantineReason.InvalidSchema, $"{machine}: the batch is one of '{batch.Machine}'.");
        }

        if (batch.Epoch < 0 || batch.Sequence < 0 || !IsSourceName(batch.Source))
        {
            return (QuarantineReason.InvalidSequence,
                $"{machine}: source '{batch.Source}', epoch {batch.Epoch}, sequence {batch.Sequence}; "
                + $"expected a name of 1 to {SourceLengthMax} characters, no control characters among them, and numbers from 0 on.");
        }

        if (!ledger.HasRoomFor(batch.Source))
        {
            return (QuarantineReason.TooManySources,
                $"{machine}: source '{batch.Source}' is one more than the {SequenceLedger.SourcesMax} that a twin keeps apart.");
        }

        return BatchScreening.SchemaFault(batch) is { } schema ? (QuarantineReason.InvalidSchema, schema) : null;
    }

    /// <summary>A name that every database can hold as text: no zeros, no halves of surrogate pairs.</summary>
    private static bool IsSourceName(ReadOnlySpan<char> name) =>
        name.Length is > 0 and <= SourceLengthMax && !name.ContainsAnyInRange('\0', '\x1F') && !name.ContainsAnyInRange('\uD800', '\uDFFF');
}
