# syntax=docker/dockerfile:1
# The silo's image: its program and nothing else. No shell, no package manager, no root; all that it writes is under /data and /tmp.
FROM mcr.microsoft.com/dotnet/sdk:10.0-noble AS build
WORKDIR /build

# Packages first: they change less often than the code.
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/IndustrialTwin.Contracts/*.csproj src/IndustrialTwin.Contracts/
COPY src/IndustrialTwin.Compute/*.csproj src/IndustrialTwin.Compute/
COPY src/IndustrialTwin.Drivers/*.csproj src/IndustrialTwin.Drivers/
COPY src/IndustrialTwin.Grid/*.csproj src/IndustrialTwin.Grid/
COPY src/IndustrialTwin.Historian/*.csproj src/IndustrialTwin.Historian/
COPY src/IndustrialTwin.Ingest/*.csproj src/IndustrialTwin.Ingest/
COPY src/IndustrialTwin.Dashboard/*.csproj src/IndustrialTwin.Dashboard/
COPY src/IndustrialTwin.Security/*.csproj src/IndustrialTwin.Security/
COPY src/IndustrialTwin.PlantFile/*.csproj src/IndustrialTwin.PlantFile/
COPY grains/IndustrialTwin.Grains/*.csproj grains/IndustrialTwin.Grains/
COPY silo/IndustrialTwin.Silo/*.csproj silo/IndustrialTwin.Silo/
RUN dotnet restore silo/IndustrialTwin.Silo --runtime linux-x64

COPY src src
COPY grains grains
COPY silo silo
RUN dotnet publish silo/IndustrialTwin.Silo --no-restore --configuration Release --runtime linux-x64 --no-self-contained --output /published \
    && mkdir /empty

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled AS final
WORKDIR /app
COPY --from=build /published .
# A volume that is mounted here takes this owner over.
COPY --from=build --chown=1654:1654 /empty /data
ENV DOTNET_EnableDiagnostics_Debugger=0 \
    DOTNET_EnableDiagnostics_Profiler=0 \
    Storage__Path=/data/industrialtwin.db
USER 1654:1654
EXPOSE 8080 8443 1883 8883 11111 30000
VOLUME ["/data"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["dotnet", "IndustrialTwin.Silo.dll"]
