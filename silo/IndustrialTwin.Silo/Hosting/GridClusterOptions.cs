using System.ComponentModel.DataAnnotations;

namespace IndustrialTwin.Hosting;

/// <summary>How this silo meets others and its clients. Membership lives where twins are kept.</summary>
public sealed class GridClusterOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Cluster";

    /// <summary>The cluster's id; silos and clients with another one do not meet.</summary>
    [Required, StringLength(150)]
    public string ClusterId { get; set; } = "industrialtwin";

    /// <summary>The service's id; stored twins belong to it.</summary>
    [Required, StringLength(150)]
    public string ServiceId { get; set; } = "industrialtwin";

    /// <summary>The port that silos call.</summary>
    [Range(1, 65_535)]
    public int SiloPort { get; set; } = 11_111;

    /// <summary>The port that clients call.</summary>
    [Range(1, 65_535)]
    public int GatewayPort { get; set; } = 30_000;

    /// <summary>The address that others reach this silo at. Loopback by default: nobody from outside can call it.</summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Whether silos and clients speak TLS with each other, and each shows a certificate of the cluster. All must do the same.</summary>
    public bool Tls { get; set; }
}
