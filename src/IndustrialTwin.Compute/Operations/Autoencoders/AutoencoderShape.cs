using System.Runtime.InteropServices;

namespace IndustrialTwin.Operations.Autoencoders;

/// <summary>
/// Layers of a dense autoencoder: channels, hidden, code, hidden, channels. The inner layers end in softsign, x / (1 + |x|) (Turian et al.
/// 2009), which needs no function that devices compute differently; the last is linear.
/// </summary>
/// <param name="Channels">Values of a row, 1..<see cref="ExtentMax"/>.</param>
/// <param name="Hidden">Units of the outer hidden layers, 1..<see cref="ExtentMax"/>.</param>
/// <param name="Code">Units of the innermost layer, 1..<see cref="ExtentMax"/>.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AutoencoderShape(int Channels, int Hidden, int Code)
{
    /// <summary>Units of one layer at most.</summary>
    public const int ExtentMax = 1_024;

    /// <summary>Layers of weights.</summary>
    internal const int Layers = 4;

    /// <summary>Weights and biases: for each layer inputs × outputs weights, row-major, and then its biases.</summary>
    public int Parameters => Offset(Layers);

    /// <summary>Values before a layer; those after the last are the reconstruction.</summary>
    internal int Units(int layer) => layer switch
    {
        0 or 4 => Channels,
        1 or 3 => Hidden,
        _ => Code,
    };

    /// <summary>Where a layer's weights start.</summary>
    internal int Offset(int layer)
    {
        var offset = 0;
        for (var i = 0; i < layer; i++)
            offset += (Units(i) + 1) * Units(i + 1);
        return offset;
    }

    internal void Validate(string operation)
    {
        if (Channels is < 1 or > ExtentMax || Hidden is < 1 or > ExtentMax || Code is < 1 or > ExtentMax)
            throw new ArgumentException($"{operation}: Shape is {Channels}-{Hidden}-{Code}; expected 1..{ExtentMax} each.");
    }
}
