using IndustrialTwin.CommandLine;

return await Itwin.RunAsync(args, Terminal.OfProcess());
