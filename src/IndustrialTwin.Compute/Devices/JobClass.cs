namespace IndustrialTwin.Devices;

/// <summary>How urgent a job is by its nature. A class goes before every job of the classes after it.</summary>
public enum JobClass
{
    /// <summary>Watching a machine: the class of a job that names none. It goes after control and before what can wait.</summary>
    Monitor,

    /// <summary>A machine waits for the answer: it overtakes everything, and waits for one launch or slice at most.</summary>
    Control,

    /// <summary>Training and other work that takes what the others leave.</summary>
    Deferrable,
}
