namespace IndustrialTwin.Samples;

/// <summary>
/// What came in since the start. Messages received = accepted + duplicate + quarantined + refused + in flight, exactly, at every
/// moment; a message that is tried again counts again.
/// </summary>
/// <param name="Received">Messages that arrived.</param>
/// <param name="Accepted">Messages whose batch was committed.</param>
/// <param name="Duplicate">Messages whose batch was in the log already.</param>
/// <param name="Quarantined">Messages that no twin could take, committed to quarantine.</param>
/// <param name="Refused">Messages that could not be taken when they came, and were not acknowledged.</param>
/// <param name="InFlight">Messages being taken.</param>
/// <param name="SamplesAccepted">Good samples of the accepted messages.</param>
/// <param name="SamplesQuarantined">Bad samples of the accepted messages.</param>
/// <param name="PayloadBytes">Bytes of all payloads received.</param>
public sealed record IngestSnapshot(
    long Received,
    long Accepted,
    long Duplicate,
    long Quarantined,
    long Refused,
    long InFlight,
    long SamplesAccepted,
    long SamplesQuarantined,
    long PayloadBytes);
