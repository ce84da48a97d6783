import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** A process that makes training steps on demand and answers with their times and losses. */
export class Stepper {
  #process;
  #lines;

  /** Resolves when the process is ready for steps. */
  static async start(program, args) {
    const stepper = new Stepper();
    stepper.#process = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    stepper.#lines = createInterface({ input: stepper.#process.stdout })[Symbol.asyncIterator]();
    await stepper.#line();
    return stepper;
  }

  get pid() {
    return this.#process.pid;
  }

  /** `{ ms, losses }` of so many steps. */
  async steps(count) {
    this.#process.stdin.write(`${count}\n`);
    return JSON.parse(await this.#line());
  }

  async end() {
    this.#process.stdin.end();
    await new Promise((resolve) => this.#process.once('close', resolve));
  }

  async #line() {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.#process.spawnargs.join(' ')} ended early`);
    return value;
  }
}
