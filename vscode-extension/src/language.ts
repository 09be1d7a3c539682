// The language client: starts rondo-lsp for JavaScript and TypeScript, and again when a setting asks for it.
import * as vscode from 'vscode';
import { LanguageClient, RevealOutputChannelOn, TransportKind } from 'vscode-languageclient/node';
import type { Programs } from './programs';

const LANGUAGES = ['javascript', 'typescript', 'javascriptreact', 'typescriptreact'];

export class Language implements vscode.Disposable {
  #client: LanguageClient | undefined;
  #subscriptions: vscode.Disposable;
  /** One start or stop after the other. */
  #queue: Promise<void> = Promise.resolve();

  constructor(readonly programs: Programs, readonly log: vscode.LogOutputChannel) {
    this.#subscriptions = vscode.Disposable.from(
      vscode.commands.registerCommand('rondo.restartLanguageServer', () => this.restart()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('rondo.languageServer.enable') || change.affectsConfiguration('rondo.path')) void this.restart();
      }),
    );
    void this.restart();
  }

  get client(): LanguageClient | undefined {
    return this.#client;
  }

  restart(): Promise<void> {
    this.#queue = this.#queue.then(() => this.#stop()).then(() => this.#start()).catch((error: unknown) => this.log.error(String(error)));
    return this.#queue;
  }

  async #start(): Promise<void> {
    if (!vscode.workspace.getConfiguration('rondo').get<boolean>('languageServer.enable', true)) return;
    const command = this.programs.require('rondo-lsp');
    this.#client = new LanguageClient('rondo', 'Rondo Language Server', { command, args: [], transport: TransportKind.stdio }, {
      documentSelector: LANGUAGES.flatMap((language) => [{ scheme: 'file', language }, { scheme: 'untitled', language }]),
      synchronize: { configurationSection: 'rondo' },
      outputChannelName: 'Rondo Language Server',
      revealOutputChannelOn: RevealOutputChannelOn.Never,
    });
    await this.#client.start();
    this.log.info(`language server: ${command}`);
  }

  async #stop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.dispose();
  }

  dispose(): void {
    this.#subscriptions.dispose();
    void this.#stop();
  }
}
