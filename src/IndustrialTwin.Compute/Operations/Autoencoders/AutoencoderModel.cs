using IndustrialTwin.Operations.Numerics;

namespace IndustrialTwin.Operations.Autoencoders;

/// <summary>A dense autoencoder.</summary>
/// <param name="Shape">Its layers.</param>
/// <param name="Parameters">As many as the shape says, in its order; no unit. Not changed once made.</param>
public sealed record AutoencoderModel(AutoencoderShape Shape, float[] Parameters)
{
    /// <summary>An untrained model: weights even in ±√(6 / (inputs + outputs)) (Glorot and Bengio 2010), biases 0.</summary>
    /// <param name="shape">Its layers.</param>
    /// <param name="seed">Equal seeds give equal models.</param>
    /// <exception cref="ArgumentException">The shape is out of its range.</exception>
    public static AutoencoderModel Create(AutoencoderShape shape, ulong seed)
    {
        shape.Validate("autoencoder");
        var parameters = new float[shape.Parameters];
        for (var layer = 0; layer < AutoencoderShape.Layers; layer++)
        {
            var (inputs, outputs) = (shape.Units(layer), shape.Units(layer + 1));
            var range = Math.Sqrt(6.0 / (inputs + outputs));
            for (var i = 0; i < inputs * outputs; i++)
            {
                var word = Philox.Draw((uint)i, (uint)layer, 0, 1, (uint)seed, (uint)(seed >> 32)).First;
                parameters[shape.Offset(layer) + i] = (float)(range * ((2 * (word + 0.5) / 4294967296.0) - 1));
            }
        }

        return new AutoencoderModel(shape, parameters);
    }

    /// <summary>Models of equal shape and parameters are equal, so jobs that bring their models over a wire share a launch.</summary>
    public bool Equals(AutoencoderModel? other) => ReferenceEquals(this, other)
        || (other is not null && Shape == other.Shape && Parameters.AsSpan().SequenceEqual(other.Parameters));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Shape, Parameters.Length == 0 ? 0 : Parameters[0]);

    internal void Validate(string operation, WindowBatch rows, int rowsMax)
    {
        Shape.Validate(operation);
        if (Parameters?.Length != Shape.Parameters)
            throw new ArgumentException($"{operation}: the model has {Parameters?.Length} parameters; expected {Shape.Parameters}.");
        rows.Validate(operation, Shape.Channels, Shape.Channels);
        if (rows.Count > rowsMax)
            throw new ArgumentException($"{operation}: there are {rows.Count} rows; expected at most {rowsMax}.");
        var bad = Finite.IndexOfNonFinite(Parameters);
        if (bad >= 0)
            throw new ArgumentException($"{operation}: Parameters[{bad}] is {Parameters[bad]}; expected a finite number.");
    }
}
