using IndustrialTwin.Certificates;
using Microsoft.Extensions.DependencyInjection;

namespace IndustrialTwin.Grid;

/// <summary>Gives a cluster client the certificates of the command line.</summary>
internal static class GatewayCertificates
{
    /// <summary>Lets the client show certificates, where there are any.</summary>
    public static IClientBuilder WithCertificates(this IClientBuilder client, CertificateStore? certificates, string clusterId)
    {
        if (certificates is null)
        {
            return client;
        }

        client.Services.AddSingleton(_ => certificates); // By a factory, so that it ends with the client.
        return client.UseCertificates(clusterId);
    }
}
