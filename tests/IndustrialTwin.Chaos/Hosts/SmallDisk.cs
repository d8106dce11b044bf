namespace IndustrialTwin.Chaos;

/// <summary>A disk in memory, so small that it can be filled.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("itwin-chaos-disk-");

    /// <exception cref="FaultNotHereException">This machine lets us mount nothing.</exception>
    public SmallDisk(int megabytes)
    {
        try
        {
            Command.Run("mount", ["-t", "tmpfs", "-o", $"size={megabytes}m,mode=0755", "tmpfs", Folder]);
        }
        catch (InvalidOperationException fault)
        {
            _folder.Delete();
            throw new FaultNotHereException($"no small disk can be mounted here ({fault.Message})");
        }
    }

    public string Folder => _folder.FullName;

    private string Filler => Path.Combine(Folder, "filler");

    /// <summary>Takes all the room that is left.</summary>
    public async Task FillAsync()
    {
        await using var file = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        var (block, room) = (new byte[64 << 10], true);
        while (room)
        {
            try
            {
                await file.WriteAsync(block);
            }
            catch (IOException)
            {
                room = block.Length > 512;
                block = new byte[block.Length / 2];
            }
        }
    }

    public void Free() => File.Delete(Filler);

    public void Dispose()
    {
        Command.Run("umount", ["-l", Folder]);
        _folder.Delete();
    }
}
