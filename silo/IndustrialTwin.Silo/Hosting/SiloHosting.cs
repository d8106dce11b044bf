using IndustrialTwin.Audit;
using IndustrialTwin.Certificates;
using IndustrialTwin.Dashboard;
using IndustrialTwin.Demonstration;
using IndustrialTwin.Exposure;
using IndustrialTwin.Health;
using IndustrialTwin.Identities;
using IndustrialTwin.Integrity;
using IndustrialTwin.Kernels;
using IndustrialTwin.Machines;
using IndustrialTwin.Models;
using IndustrialTwin.Mqtt;
using IndustrialTwin.Narration;
using IndustrialTwin.Nodes;
using IndustrialTwin.Persistence;
using IndustrialTwin.Plants;
using IndustrialTwin.Quarantine;
using IndustrialTwin.Samples;
using IndustrialTwin.Starting;
using IndustrialTwin.Telemetry;
using IndustrialTwin.Work;
using Orleans.Configuration;
using Orleans.Serialization;

namespace IndustrialTwin.Hosting;

/// <summary>Puts the parts of a silo together.</summary>
internal static class SiloHosting
{
    public static void AddSilo(this WebApplicationBuilder builder)
    {
        var configuration = builder.Configuration;
        var stopping = new Stopping();
        builder.Logging.ClearProviders().AddConsole()
            .AddConsoleFormatter<PlainConsole, PlainConsoleOptions>(console => console.IsStopping = () => stopping.IsStopping);
        builder.Services.AddSingleton(stopping);
        var storage = Bound<StorageOptions>(builder, StorageOptions.Section);
        var cluster = Bound<GridClusterOptions>(builder, GridClusterOptions.Section);
        var node = configuration.GetSection("Node").Get<NodeOptions>() ?? new NodeOptions();
        var certificates = Bound<CertificateOptions>(builder, CertificateOptions.Section);
        var mqtt = configuration.GetSection(MqttOptions.Section).Get<MqttOptions>() ?? new MqttOptions();
        StartChecks.Rules(mqtt);
        var security = Bound<SecurityOptions>(builder, SecurityOptions.Section);
        var isBeyondLoopback = SiloExposure.IsBeyondLoopback(configuration, cluster, mqtt);
        var isAccessRequired = AccessHosting.IsRequired(security, configuration, isBeyondLoopback);
        var exposure = SiloExposure.Check(configuration, storage, cluster, mqtt, isAccessRequired);
        builder.Services.AddSingleton(exposure);
        builder.AddCertificates(certificates, exposure, cluster, mqtt);
        StartChecks.Folder(storage);
        storage.LimitPool();
        StartChecks.Ports(cluster);
        builder.AddDevices();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSampleLog(log =>
        {
            configuration.GetSection("SampleLog").Bind(log);
            log.Engine = storage.Engine == StorageEngine.Sqlite ? SampleLogEngine.Sqlite : SampleLogEngine.Postgres;
            log.SqlitePath = storage.Path;
            log.ConnectionString = storage.ConnectionString;
        });
        var models = ModelShelf.Read(Bound<ModelOptions>(builder, ModelOptions.Section), isBeyondLoopback);
        builder.Services.AddSingleton(models);
        var kernels = KernelShelf.Load(Bound<KernelOptions>(builder, KernelOptions.Section));
        builder.Services.AddSingleton(kernels);
        builder.Services.AddSingleton(ProgramFiles.Read(AppContext.BaseDirectory));
        builder.Services.AddHostedService<ProgramReport>();
        builder.Services.AddSingleton(provider => ActivatorUtilities.CreateInstance<AuditRoom>(provider, storage));
        builder.Services.AddHostedService(provider => provider.GetRequiredService<AuditRoom>());
        builder.Services.AddHostedService<ModelReport>(); // Before the silo, which takes requests.
        builder.Services.AddHostedService<KernelReport>();
        builder.UseOrleans(silo =>
        {
            silo.AddTwins(node);
            foreach (var model in models.Models)
            {
                silo.AddModel(model);
            }

            kernels.AddTo(silo);
            silo.Services.Configure<MachineOptions>(configuration.GetSection(MachineOptions.Section));
            silo.Services.Configure<WorkOptions>(configuration.GetSection(WorkOptions.Section));
            silo.AddTwinStorage(storage);
            silo.AddMembership(storage, cluster);
            silo.AddBalancing();
            if (cluster.Tls)
            {
                silo.UseCertificates(cluster.ClusterId);
            }

            silo.AddAccess(security, storage, isAccessRequired);

            // A silo that hangs holds up who calls it for no longer than this; calls that may take longer say so themselves.
            silo.Configure<SiloMessagingOptions>(messaging => messaging.ResponseTimeout = TimeSpan.FromSeconds(5));

            // What a database says reaches who called, also where the caller knows the exception's type by name only.
            silo.Configure<ExceptionSerializationOptions>(exceptions => exceptions.SupportedExceptionTypeFilter = _ => true);
            silo.Configure<LoadSheddingOptions>(shedding => shedding.LoadSheddingEnabled = true);
        });
        builder.Services.AddSingleton<IQuarantine, LogQuarantine>();
        builder.Services.AddHostedService<PlantAtStart>(); // Before samples come in, after the silo.
        builder.Services.AddMqttIngest(configuration);
        builder.Services.AddDemonstration(configuration);
        builder.Services.Configure<PlantOptions>(configuration.GetSection(PlantOptions.Section));
        builder.Services.AddHostedService<Narrator>();
        builder.Services.AddDashboard();
        builder.Services.AddHealth();
        builder.AddTelemetry(node.Node);
    }

    private static T Bound<T>(WebApplicationBuilder builder, string section)
        where T : class, new()
    {
        builder.Services.AddOptions<T>().BindConfiguration(section).ValidateDataAnnotations().ValidateOnStart();
        var options = builder.Configuration.GetSection(section).Get<T>() ?? new T();
        StartChecks.Rules(options);
        return options;
    }
}
