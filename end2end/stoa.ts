// A Stoa server of its own for each worker: the built binary, a free port of
// the loopback, a temporary data folder. Nothing of it is left afterwards.

import { test as base, expect } from '@playwright/test';
import type { APIRequestContext, BrowserContext, Page } from '@playwright/test';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const target = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL('../target', import.meta.url));
const binary = process.env.STOA_BIN ?? join(target, 'release/stoa');

export type Person = { name: string; displayName: string; password: string };
export type Room = { id: string; name: string };

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

export class Stoa {
  private child: ChildProcess | undefined;
  private output = '';

  private constructor(
    readonly data: string,
    readonly port: number,
    private readonly settings: Record<string, string>,
  ) {}

  /** With a sample company of this size in it, if one is wanted: `mira.kovac` administers it. Settings as its environment. */
  static async start(sample?: 'enterprise', settings: Record<string, string> = {}): Promise<Stoa> {
    if (!existsSync(binary)) throw new Error(`no ${binary}: build it first (make build), or set STOA_BIN`);
    const data = await mkdtemp(join(tmpdir(), 'stoa-end2end-'));
    const stoa = new Stoa(data, await freePort(), settings);
    try {
      if (sample) await stoa.run(['demo', '--size', sample]);
      await stoa.launch(sample ? 240_000 : 30_000);
    } catch (error) {
      await stoa.stop();
      throw error;
    }
    return stoa;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Waits until the process has printed what matches: it may be ready before its words are here. */
  async says(pattern: RegExp): Promise<string> {
    await expect.poll(() => this.output, { message: `stoa prints ${pattern}` }).toMatch(pattern);
    return this.output.match(pattern)![0];
  }

  /** Starts the process on the same data and port, as after a crash. */
  async launch(patience = 30_000): Promise<void> {
    const child = spawn(binary, ['serve', '--data', this.data, '--listen', `127.0.0.1:${this.port}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...this.settings },
    });
    this.child = child;
    const keep = (chunk: Buffer) => (this.output = (this.output + chunk.toString()).slice(-20_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const deadline = Date.now() + patience;
    while (!(await this.isReady())) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`stoa ended at its start:\n${this.output}`);
      if (Date.now() > deadline) throw new Error(`stoa isn't ready after ${patience / 1_000} s:\n${this.output}`);
      await wait(25);
    }
  }

  private async isReady(): Promise<boolean> {
    return fetch(`${this.url}/health/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
  }

  /** Ends the process with `signal`, and waits for its end. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    const patience = AbortSignal.timeout(15_000);
    const kill = () => child.kill('SIGKILL');
    patience.addEventListener('abort', kill);
    await ended;
    patience.removeEventListener('abort', kill);
  }

  async stop(): Promise<void> {
    await this.end();
    await rm(this.data, { recursive: true, force: true });
  }

  /** Makes an administrator by the command line, beside the running server. */
  async createAdministrator(person: Person): Promise<void> {
    await this.run(['admin', 'create', person.name, '--display-name', person.displayName, '--password-stdin'], `${person.password}\n`);
  }

  /** Runs a command on the data folder to its end. */
  private async run(command: string[], input = ''): Promise<void> {
    const child = spawn(binary, [...command, '--data', this.data], { stdio: ['pipe', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stdin.end(input);
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`stoa ${command.slice(0, 2).join(' ')} failed:\n${said}`);
  }
}

/** The API, as whoever is signed in in the context that `request` belongs to. */
export class Api {
  constructor(
    private readonly stoa: Stoa,
    private readonly request: APIRequestContext,
  ) {}

  async call<T>(method: string, path: string, data?: unknown, headers: Record<string, string> = {}): Promise<T> {
    let answer;
    do {
      answer = await this.request.fetch(`${this.stoa.url}/api/v1/${path}`, {
        method,
        data,
        headers: { origin: this.stoa.url, ...headers },
      });
      // Setting a test up may take more at once than a person does.
      if (answer.status() === 429) await wait(1_000 * Number(answer.headers()['retry-after'] ?? 1));
    } while (answer.status() === 429);
    if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`);
    const text = await answer.text();
    return (text ? JSON.parse(text) : undefined) as T;
  }

  signIn(person: Person): Promise<unknown> {
    return this.call('POST', 'session', { name: person.name, password: person.password });
  }

  createUser(person: Person): Promise<{ id: string }> {
    const { name, displayName, password } = person;
    return this.call('POST', 'users', { name, display_name: displayName, password });
  }

  async createRoom(name: string, more: Record<string, unknown> = {}): Promise<Room> {
    const { items } = await this.call<{ items: { id: string; parent: string | null }[] }>('GET', 'categories');
    const root = items.find((category) => !category.parent);
    return this.call('POST', 'rooms', { name, category: root?.id, privacy: 'open', type: 'normal', ...more });
  }
}

let people = 0;

/** A person whom no other test knows. */
export function somebody(displayName: string): Person {
  people += 1;
  const name = `${displayName.split(' ')[0].toLowerCase()}-${process.pid}-${people}`;
  return { name, displayName, password: 'correct horse battery staple' };
}

type Window = { page: Page; context: BrowserContext; api: Api; person: Person };

type WorkerFixtures = { stoa: Stoa; administrator: Person };
type Fixtures = {
  /** The API as the administrator. */
  admin: Api;
  /** A new person, signed in in a browser window of their own. */
  open: (displayName: string) => Promise<Window>;
};

export const test = base.extend<Fixtures, WorkerFixtures>({
  stoa: [
    async ({}, use) => {
      const stoa = await Stoa.start();
      await use(stoa);
      await stoa.stop();
    },
    { scope: 'worker' },
  ],

  administrator: [
    async ({ stoa }, use) => {
      const person = somebody('Ada Admin');
      await stoa.createAdministrator(person);
      await use(person);
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ stoa }, use) => use(stoa.url),

  admin: async ({ stoa, administrator, playwright }, use) => {
    const request = await playwright.request.newContext();
    const api = new Api(stoa, request);
    await api.signIn(administrator);
    await use(api);
    await request.dispose();
  },

  open: async ({ stoa, admin, browser }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (displayName) => {
      const person = somebody(displayName);
      await admin.createUser(person);
      const context = await browser.newContext({ baseURL: stoa.url });
      contexts.push(context);
      const api = new Api(stoa, context.request);
      await api.signIn(person);
      return { page: await context.newPage(), context, api, person };
    });
    for (const context of contexts) await context.close();
  },
});

export { expect };
