using Postern.Cli;
using Postern.Cli.Terminal;

return await PosternCommand.RunAsync(args, CommandTerminal.FromProcess());
