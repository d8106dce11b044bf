namespace IndustrialTwin.Work;

/// <summary>How a request is treated before its deadline is looked at.</summary>
[GenerateSerializer, Alias("itwin.compute-class")]
public enum ComputeClass
{
    /// <summary>Watches a machine: the class of a request that names none. Served in deadline order.</summary>
    Monitor,

    /// <summary>Part of a control loop: stays on its own node and overtakes everything that waits.</summary>
    Control,

    /// <summary>May wait, such as training: served after what watches machines, in slices where the operation has them.</summary>
    Deferrable,
}
