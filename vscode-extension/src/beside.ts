// Attach Loop View: the views beside another debugger, or on a program that nobody debugs.
import * as vscode from 'vscode';
import { InspectorSource } from './loop/inspector_source';
import type { Loops } from './loop/loops';
import { inspectorOf } from './plain/launch';

/** Types of js-debug's sessions that may run on Rondo. */
const JS_DEBUG = ['pwa-node', 'node', 'pwa-extensionHost', 'node-terminal'];
const ADDRESS = '127.0.0.1:9229';

export async function attachLoopView(loops: Loops): Promise<void> {
  const session = withTarget(vscode.debug.activeDebugSession);
  const source = session && JS_DEBUG.includes(session.type) ? await beside(session) : await connect();
  if (!source) return;
  source.onEnd(() => loops.remove(source.id));
  loops.add(source);
  await vscode.commands.executeCommand('rondo.eventLoop.focus');
}

/** js-debug has a session for the whole, and one below it for each program: only those share a connection. */
const below = new Map<string, vscode.DebugSession>();

export function followSessions(): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.debug.onDidStartDebugSession((session) => {
      if (session.parentSession) below.set(session.parentSession.id, session);
    }),
    vscode.debug.onDidTerminateDebugSession((session) => {
      for (const [parent, child] of below) if (child.id === session.id || parent === session.id) below.delete(parent);
    }),
  );
}

function withTarget(active: vscode.DebugSession | undefined): vscode.DebugSession | undefined {
  return active && (below.get(active.id) ?? active);
}

/** Over js-debug's own connection; where it does not share it, over one of our own to the same inspector. */
async function beside(session: vscode.DebugSession): Promise<InspectorSource> {
  const proxy = await vscode.commands.executeCommand<{ host: string; port: number; path: string } | undefined>(
    'extension.js-debug.requestCDPProxy', session.id);
  const address = inspectorOf(session.configuration) ?? inspectorOf(session.parentSession?.configuration ?? {});
  if (proxy) return InspectorSource.share(session.id, session.name, proxy, address);
  if (address === undefined) throw new Error('The JavaScript debugger does not share its connection, and its configuration does not say where the inspector listens.');
  const url = await targetUrl(address);
  return InspectorSource.connect(session.id, session.name, url);
}

async function connect(): Promise<InspectorSource | undefined> {
  const address = await vscode.window.showInputBox({
    title: 'Attach Loop View', prompt: 'Where the inspector listens (rondo --inspect)', value: ADDRESS,
    validateInput: (text) => (/^(\S+:)?\d+$|^wss?:\/\//.test(text.trim()) ? undefined : 'HOST:PORT, a port, or a ws:// address'),
  });
  if (address === undefined) return undefined;
  const url = await targetUrl(address.trim());
  return InspectorSource.connect(url, new URL(url).host, url);
}

async function targetUrl(address: string): Promise<string> {
  if (/^wss?:/.test(address)) return address;
  const host = address.includes(':') ? address : `127.0.0.1:${address}`;
  const answer = await fetch(`http://${host}/json/list`).catch(() => {
    throw new Error(`Nothing listens at ${host}. Start the program with rondo --inspect.`);
  });
  const [target] = await answer.json() as { webSocketDebuggerUrl?: string }[];
  if (!target?.webSocketDebuggerUrl) throw new Error(`${host} has no target to attach to.`);
  return target.webSocketDebuggerUrl;
}
