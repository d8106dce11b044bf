using IndustrialTwin.Yaml;

namespace IndustrialTwin.Plants;

/// <summary>Collects a file's errors, up to a number that a person can still read.</summary>
internal sealed class ErrorList(string file)
{
    private const int ErrorsMax = 200;

    private readonly List<PlantFileError> _errors = [];

    public IReadOnlyList<PlantFileError> InOrder => [.. _errors.OrderBy(error => error.Line).ThenBy(error => error.Column)];

    public bool IsEmpty => _errors.Count == 0;

    public void Add(YamlNode at, string path, string value, string expected) => Add(at.Line, at.Column, path, value, expected);

    public void Add(int line, int column, string path, string value, string expected)
    {
        if (_errors.Count < ErrorsMax)
        {
            _errors.Add(new PlantFileError(file, line, column, path, value, expected));
        }
    }
}
