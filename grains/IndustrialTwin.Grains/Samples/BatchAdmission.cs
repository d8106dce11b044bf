using IndustrialTwin.Machines;
using IndustrialTwin.Quarantine;

namespace IndustrialTwin.Samples;

/// <summary>Says why a twin cannot take a batch as a whole.</summary>
internal static class BatchAdmission
{
    /// <summary>The reason and its words, or null where the batch can be taken.</summary>
    public static (QuarantineReason Reason, string Detail)? Fault(MachineKey machine, MachineTwin twin, SampleBatch batch)
    {
        if (twin.Declaration is null || twin.IsRetired)
        {
            return twin.IsRetired
                ? (QuarantineReason.RetiredMachine, $"{machine}: the machine is retired; declare it in its plant file again.")
                : (QuarantineReason.UnknownMachine, $"{machine}: no plant file declares the machine; apply one that does.");
        }

        if (batch.Machine != machine)
        {
            return (QuarantineReason.InvalidSchema, $"{machine}: the batch is one of '{batch.Machine}'.");
        }

        if (batch.Epoch < 0 || batch.Sequence < 0 || string.IsNullOrEmpty(batch.Source) || batch.Source.Length > SamplePayload.SourceLengthMax)
        {
            return (QuarantineReason.InvalidSequence,
                $"{machine}: source '{batch.Source}', epoch {batch.Epoch}, sequence {batch.Sequence}; expected a name of 1 to {SamplePayload.SourceLengthMax} characters and numbers from 0 on.");
        }

        if (!twin.Ledger.HasRoomFor(batch.Source))
        {
            return (QuarantineReason.TooManySources, $"{machine}: source '{batch.Source}' is one more than the {SequenceLedger.SourcesMax} that a twin keeps apart.");
        }

        return BatchScreening.SchemaFault(batch) is { } schema ? (QuarantineReason.InvalidSchema, schema) : null;
    }
}
