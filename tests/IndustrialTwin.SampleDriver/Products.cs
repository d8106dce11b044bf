using IndustrialTwin.Protocol;

namespace IndustrialTwin.SampleDriver;

/// <summary><c>matrix-product</c> and <c>convolution</c>.</summary>
internal static class Products
{
    private const int FilterExtentMax = 15;

    public static LaunchResult Matrices(Inputs inputs, CancellationToken cancellationToken)
    {
        var (a, aRows, aColumns) = inputs.Float32Matrix("a");
        var (b, bRows, bColumns) = inputs.Float32Matrix("b");
        var (c, cRows, cColumns) = inputs.Float32Matrix("c");
        var isATransposed = inputs.Int64("is-a-transposed", 0, 1) == 1;
        var isBTransposed = inputs.Int64("is-b-transposed", 0, 1) == 1;
        var (alpha, beta) = (inputs.Float64("alpha"), inputs.Float64("beta"));
        inputs.End();
        var (rows, inner) = isATransposed ? (aColumns, aRows) : (aRows, aColumns);
        var (innerOfB, columns) = isBTransposed ? (bColumns, bRows) : (bRows, bColumns);
        inputs.Expect(rows > 0 && inner > 0 && columns > 0 && inner == innerOfB, $"the product is of {rows} × {inner} and {innerOfB} × {columns}");
        inputs.Expect((cRows, cColumns) == (beta == 0 ? (0, 0) : (rows, columns)), $"c is {cRows} × {cColumns}");
        inputs.Expect((long)rows * columns * sizeof(float) <= SampleDevice.LaunchBytesMax, $"the result would be {rows} × {columns}");
        var product = new float[rows * columns];
        for (var i = 0; i < rows; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var j = 0; j < columns; j++)
            {
                var sum = 0.0;
                for (var p = 0; p < inner; p++)
                    sum += (double)a[isATransposed ? (p * rows) + i : (i * inner) + p] * b[isBTransposed ? (j * inner) + p : (p * columns) + j];
                product[(i * columns) + j] = (float)((alpha * sum) + (beta == 0 ? 0 : beta * c[(i * columns) + j]));
            }
        }

        return new LaunchResult { Outputs = { Inputs.Output("product", product, rows, columns) } };
    }

    public static LaunchResult Convolution(Inputs inputs, CancellationToken cancellationToken)
    {
        var (pixels, extents) = inputs.Float32("pixels", 3);
        var (weights, filterHeight, filterWidth) = inputs.Float32Matrix("weights");
        inputs.End();
        var (images, height, width) = (extents[0], extents[1], extents[2]);
        inputs.Expect(images > 0 && height > 0 && width > 0, $"pixels is {images} × {height} × {width}");
        inputs.Expect(
            filterHeight is > 0 and <= FilterExtentMax && filterWidth is > 0 and <= FilterExtentMax && filterHeight % 2 == 1 && filterWidth % 2 == 1,
            $"weights is {filterHeight} × {filterWidth}");
        var filtered = new float[pixels.Length];
        for (var at = 0; at < filtered.Length; at++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (image, y, x) = (at / (width * height), at / width % height, at % width);
            var sum = 0.0;
            for (var k = 0; k < weights.Length; k++)
            {
                var row = Math.Clamp(y + (k / filterWidth) - (filterHeight / 2), 0, height - 1);
                var column = Math.Clamp(x + (k % filterWidth) - (filterWidth / 2), 0, width - 1);
                sum += (double)weights[k] * pixels[(((image * height) + row) * width) + column];
            }

            filtered[at] = (float)sum;
        }

        return new LaunchResult { Outputs = { Inputs.Output("filtered", filtered, images, height, width) } };
    }
}
