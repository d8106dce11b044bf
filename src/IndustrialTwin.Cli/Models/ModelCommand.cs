using System.CommandLine;
using System.Security.Cryptography;
using IndustrialTwin.CommandLine;

namespace IndustrialTwin.Models;

/// <summary><c>itwin model</c>: keys that sign models, signatures, and whether they hold.</summary>
internal sealed class ModelCommand : Command
{
    private readonly Terminal _terminal;

    public ModelCommand(Terminal terminal)
        : base("model", "Signs trained models, which silos then take, and tells whether a signature holds.")
    {
        _terminal = terminal;
        Subcommands.Add(Keygen());
        Subcommands.Add(Sign());
        Subcommands.Add(Verify());
    }

    private Command Keygen()
    {
        var file = new Argument<string>("file") { Description = "Where the private key is to be; the public one comes beside it, as .pub.pem. Neither may be there." };
        return Of("keygen", "Makes a key that signs models. Keep the private one off the silos' computers.", [file], [], parsed =>
        {
            var (publicFile, id) = ModelKey.Create(parsed.GetValue(file)!);
            return $"{id}\n{publicFile} is for the folder that a silo's Models:TrustedKeys names; {parsed.GetValue(file)} signs, and is for its owner only.";
        });
    }

    private Command Sign()
    {
        var file = ModelFile();
        var key = new Option<string>("--key") { Description = "The private key's file.", HelpName = "pem", Required = true };
        var version = new Option<string>("--model-version") { Description = "The version that is signed with it, for people and the audit log.", HelpName = "text", DefaultValueFactory = _ => "1" };
        return Of("sign", "Signs a model's bytes, name and version, in a file beside it.", [file], [key, version], parsed =>
        {
            var path = parsed.GetValue(file)!;
            using var signer = ModelKey.ReadPrivate(parsed.GetValue(key)!);
            try
            {
                var signature = ModelSignature.Sign(File.ReadAllBytes(path), Path.GetFileNameWithoutExtension(path), parsed.GetValue(version)!, signer);
                signature.Write(path + ModelSignature.Ending);
                return path + ModelSignature.Ending;
            }
            catch (FormatException fault)
            {
                throw new CommandFault($"{path} cannot be signed: {fault.Message}.", ExitCode.Usage, fault);
            }
        });
    }

    private Command Verify()
    {
        var file = ModelFile();
        var keys = new Option<string>("--keys") { Description = "A folder of public keys (*.pem), as a silo's Models:TrustedKeys.", HelpName = "folder", Required = true };
        return Of("verify", "Tells whether a silo that trusts these keys takes the model.", [file], [keys], parsed =>
        {
            var path = parsed.GetValue(file)!;
            var verdict = TrustedModelKeys.Read(parsed.GetValue(keys)!).Judge(path, File.ReadAllBytes(path));
            return verdict.Refusal is { } refusal
                ? throw new CommandFault($"{path} is refused ({refusal}): {verdict.Detail}.", ExitCode.Refused)
                : $"{path} is good: {verdict.Detail}.";
        });
    }

    private static Argument<string> ModelFile() => new("file") { Description = "The model's file, name.onnx." };

    private Command Of(string name, string description, Argument[] arguments, Option[] options, Func<ParseResult, string> run)
    {
        var command = new Command(name, description);
        Array.ForEach(arguments, command.Arguments.Add);
        Array.ForEach(options, command.Options.Add);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                await _terminal.Out.WriteLineAsync(run(parsed).AsMemory(), cancellationToken);
                return ExitCode.Done;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ModelKeyException or CryptographicException)
            {
                throw new CommandFault(fault.Message, ExitCode.Refused, fault);
            }
        });
        return command;
    }
}
