// Speaks as much of clamd's protocol as Stoa does. What it looks at is infected if it says so.

import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

const EVIL = 'stoa-test-malware';

export class Clamd {
  private waiting: (() => void)[] = [];
  private held = false;
  private lines = new Set<Socket>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<Clamd> {
    const clamd: Clamd = new Clamd(createServer((line) => clamd.answer(line)));
    clamd.server.listen(0, '127.0.0.1');
    await once(clamd.server, 'listening');
    return clamd;
  }

  get address(): string {
    return `tcp://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Says nothing of what it looked at until `go`. */
  hold(): void {
    this.held = true;
  }

  go(): void {
    this.held = false;
    for (const answer of this.waiting.splice(0)) answer();
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const line of this.lines) line.destroy();
    await closed;
  }

  private answer(line: Socket): void {
    this.lines.add(line);
    let all = Buffer.alloc(0);
    line.on('close', () => this.lines.delete(line));
    line.on('error', () => line.destroy());
    line.on('data', (piece) => {
      all = Buffer.concat([all, piece]);
      if (all.includes('zVERSION\0')) line.end('ClamAV 1.4.3/1/end2end\0');
      // The empty piece is the end.
      else if (all.subarray(-4).equals(Buffer.alloc(4)) && all.length > 10) {
        const say = () => line.end(all.includes(EVIL) ? 'stream: Stoa.Test FOUND\0' : 'stream: OK\0');
        if (this.held) this.waiting.push(say);
        else say();
      }
    });
  }
}
