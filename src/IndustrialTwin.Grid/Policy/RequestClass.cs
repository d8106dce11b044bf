namespace IndustrialTwin.Policy;

/// <summary>How a request is treated before its deadline is looked at.</summary>
public enum RequestClass
{
    /// <summary>Part of a control loop: stays on its own node and overtakes everything that waits.</summary>
    Control,

    /// <summary>Watches a machine: served in deadline order.</summary>
    Monitor,

    /// <summary>May wait: served in deadline order, after a monitor request of the same deadline.</summary>
    Deferrable,
}
