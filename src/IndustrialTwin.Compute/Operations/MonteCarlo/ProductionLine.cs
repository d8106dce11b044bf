namespace IndustrialTwin.Operations.MonteCarlo;

/// <summary>Machines in a row with buffers between them. Lines of equal machines and buffers are equal.</summary>
public sealed class ProductionLine : IEquatable<ProductionLine>
{
    /// <summary>Machines at most.</summary>
    public const int MachinesMax = 16;

    private readonly int[] _buffers;
    private readonly uint[] _failures;
    private readonly uint[] _repairs;

    /// <summary>Makes a line.</summary>
    /// <param name="machines">For each machine the probabilities, 0 to 1 a cycle, that it fails when up and is repaired when down.</param>
    /// <param name="buffers">Parts that fit behind each machine but the last, 1 or more.</param>
    /// <exception cref="ArgumentException">A value is out of its range; the message names it.</exception>
    public ProductionLine(ReadOnlySpan<(double Failure, double Repair)> machines, ReadOnlySpan<int> buffers)
    {
        if (machines.Length is < 1 or > MachinesMax)
            throw new ArgumentException($"There are {machines.Length} machines; expected 1..{MachinesMax}.", nameof(machines));
        if (buffers.Length != machines.Length - 1)
            throw new ArgumentException($"There are {buffers.Length} buffers; expected {machines.Length - 1}.", nameof(buffers));
        (_failures, _repairs) = (new uint[machines.Length], new uint[machines.Length]);
        for (var i = 0; i < machines.Length; i++)
        {
            var (failure, repair) = machines[i];
            if (!(failure >= 0 && failure <= 1 && repair >= 0 && repair <= 1))
                throw new ArgumentException($"Machine {i} fails with {failure}, is repaired with {repair}; expected 0 to 1.", nameof(machines));
            (_failures[i], _repairs[i]) = (Word(failure), Word(repair));
        }

        for (var i = 0; i < buffers.Length; i++)
        {
            if (buffers[i] < 1)
                throw new ArgumentException($"Buffer {i} holds {buffers[i]}; expected 1 or more.", nameof(buffers));
        }

        _buffers = buffers.ToArray();
    }

    /// <summary>Machines.</summary>
    public int Machines => _failures.Length;

    /// <summary>Parts that fit behind each machine but the last.</summary>
    public ReadOnlySpan<int> Buffers => _buffers;

    /// <summary>A machine that is up fails when its random word is below this.</summary>
    internal ReadOnlySpan<uint> FailureWords => _failures;

    /// <summary>A machine that is down is repaired when its random word is below this.</summary>
    internal ReadOnlySpan<uint> RepairWords => _repairs;

    /// <inheritdoc/>
    public bool Equals(ProductionLine? other) => ReferenceEquals(this, other)
        || (other is not null
            && Buffers.SequenceEqual(other.Buffers)
            && FailureWords.SequenceEqual(other.FailureWords)
            && RepairWords.SequenceEqual(other.RepairWords));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ProductionLine);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Machines, _failures[0], _repairs[0]);

    private static uint Word(double probability) => (uint)Math.Min(uint.MaxValue, Math.Round(probability * 4294967296.0));
}
