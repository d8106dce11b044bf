using CsCheck;
using IndustrialTwin.Operations.Matrices;
using Xunit;

namespace IndustrialTwin.Operations;

public sealed class MatrixProductTests
{
    [Fact]
    public void A_known_product()
    {
        var input = new MatrixProductInput(new float[] { 1, 2, 3, 4, 5, 6 }, new float[] { 7, 8, 9, 10, 11, 12 }, 2, 3, 2);
        Assert.Equal([58, 64, 139, 154], Run(input, NativeCode.Simd));
        Assert.Equal([58, 64, 139, 154], Run(input, NativeCode.Portable));
    }

    [Fact]
    public void Any_shape_is_exact_on_small_whole_numbers()
    {
        // Sums below 2^24 are exact in float32, so every order of summation gives the same bits.
        var shapes = Gen.Select(Gen.Int[1, 70], Gen.Int[1, 300], Gen.Int[1, 90], Gen.Bool, Gen.Bool, Gen.Int[0, 99]);
        shapes.Sample(
            (rows, inner, columns, isATransposed, isBTransposed, seed) =>
            {
                var random = new Random(seed);
                var input = new MatrixProductInput(
                    Whole(random, rows * inner), Whole(random, inner * columns), rows, inner, columns, isATransposed, isBTransposed, 2, 1, Whole(random, rows * columns));
                var expected = MatrixProduct.Instance.Reference(input);
                Assert.Equal(expected, Run(input, NativeCode.Simd));
                Assert.Equal(expected, Run(input, NativeCode.Portable));
            },
            iter: 40,
            threads: 1);
    }

    [Theory]
    [InlineData(0, 1, 1, "Rows is 0")]
    [InlineData(2, 2, 1, "A holds 1; expected 2 × 2")]
    public void A_wrong_shape_says_which(int rows, int inner, int columns, string expected)
    {
        var error = Assert.Throws<ArgumentException>(
            () => MatrixProduct.Instance.Validate(new MatrixProductInput(new float[1], new float[1], rows, inner, columns)));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_element_that_is_no_number_is_named()
    {
        var error = Assert.Throws<ArgumentException>(
            () => MatrixProduct.Instance.Validate(new MatrixProductInput(new float[] { 1 }, new[] { float.NaN }, 1, 1, 1)));
        Assert.Contains("B[0] is NaN", error.Message, StringComparison.Ordinal);
    }

    private static float[] Run(MatrixProductInput input, NativeCode code)
    {
        using var form = MatrixProduct.Instance.CreateNativeForm(code);
        var results = new float[1][];
        form.Launch([input], results);
        return results[0];
    }

    private static float[] Whole(Random random, int count)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
            values[i] = random.Next(-9, 10);
        return values;
    }
}
