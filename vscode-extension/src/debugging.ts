// The debugger type `rondo`: its configurations, its adapter, and the loop of each of its sessions.
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { AdapterSource } from './loop/adapter_source';
import type { Loops } from './loop/loops';
import { completed, currentFile, initialConfigurations, type Configuration } from './plain/launch';
import type { Programs } from './programs';

export const TYPE = 'rondo';

/** What the adapter sends, as far as it matters here. */
interface Sent {
  type: string;
  event?: string;
  body?: unknown;
  command?: string;
  success?: boolean;
}

const GOES_ON = ['continue', 'next', 'stepIn', 'stepOut'];

export function debugging(programs: Programs, loops: Loops): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.debug.registerDebugAdapterDescriptorFactory(TYPE, { createDebugAdapterDescriptor: () => adapter(programs) }),
    vscode.debug.registerDebugConfigurationProvider(TYPE, {
      provideDebugConfigurations: initial,
      resolveDebugConfiguration: (folder, given) => resolve(programs, folder, given),
    }),
    vscode.debug.registerDebugConfigurationProvider(TYPE, { provideDebugConfigurations: () => [currentFile()] },
      vscode.DebugConfigurationProviderTriggerKind.Dynamic),
    vscode.debug.onDidTerminateDebugSession((session) => loops.remove(session.id)),
    vscode.debug.onDidChangeActiveDebugSession((session) => {
      if (session) loops.show(session.id);
    }),
    vscode.debug.registerDebugAdapterTrackerFactory(TYPE, {
      createDebugAdapterTracker: (session) => ({
        // All by this way: the event for custom ones comes later, so that a stop could come before its loop is known.
        onDidSendMessage: ({ type, event, body, command, success }: Sent) => {
          if (type === 'event' && event !== undefined) tell(loops, session, event, body);
          // An adapter that was asked to go on need not tell that it has.
          else if (success && GOES_ON.includes(command ?? '')) tell(loops, session, 'continued', body);
        },
      }),
    }),
  );
}

function tell(loops: Loops, session: vscode.DebugSession, event: string, body: unknown): void {
  // The adapter's first word about the loop comes before the session counts as started.
  if (event === 'loop/target' && !loops.get(session.id)) loops.add(new AdapterSource(session));
  const source = loops.get(session.id);
  if (source instanceof AdapterSource) source.receive(event, body);
}

function adapter(programs: Programs): vscode.DebugAdapterDescriptor | undefined {
  const file = programs.find('rondo-dap');
  if (file === undefined) return undefined;
  // The adapter finds `rondo` beside itself; the PATH is for programs that are installed apart.
  return new vscode.DebugAdapterExecutable(file, [], { env: { PATH: `${dirname(file)}:${process.env['PATH'] ?? ''}` } });
}

async function initial(folder: vscode.WorkspaceFolder | undefined): Promise<Configuration[]> {
  return initialConfigurations(folder && await mainOf(folder));
}

async function mainOf(folder: vscode.WorkspaceFolder): Promise<string | undefined> {
  try {
    const manifest = JSON.parse(await readFile(vscode.Uri.joinPath(folder.uri, 'package.json').fsPath, 'utf8')) as { main?: unknown };
    return typeof manifest.main === 'string' ? manifest.main : undefined;
  } catch {
    return undefined;
  }
}

function resolve(programs: Programs, folder: vscode.WorkspaceFolder | undefined, given: vscode.DebugConfiguration): vscode.DebugConfiguration | undefined {
  // Said here once: of a missing adapter the editor would say more, and all of it later.
  if (programs.find('rondo-dap') === undefined) return undefined;
  const whole = completed(given, vscode.window.activeTextEditor?.document.languageId);
  if ('problem' in whole) {
    void vscode.window.showErrorMessage(whole.problem as string);
    return undefined;
  }
  const configuration = whole as Configuration;
  // The views live by the adapter's own events, which it sends to who asks for them.
  configuration['loopEvents'] = true;
  // Without a folder `${workspaceFolder}` means nothing: the adapter takes the program's own folder.
  if (!folder && configuration['cwd'] === '${workspaceFolder}') delete configuration['cwd'];
  return configuration;
}
