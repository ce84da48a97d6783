import { expect, test } from 'vitest';
import { runCli } from './run-cli.ts';

test('--help lists the commands', async () => {
  const { code, stdout, stderr } = await runCli(['--help']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const name of ['inspect', 'clean', 'evaluate', 'quantize', 'dequantize'])
    expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
});

test('pare alone shows the help, as a mistake', async () => {
  const { code, stdout, stderr } = await runCli([]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^Usage: pare /);
});

test('pare help quantize and pare quantize --help say the same, by headings, with placeholders', async () => {
  const { code, stdout } = await runCli(['help', 'quantize']);
  expect(code).toBe(0);
  expect((await runCli(['quantize', '--help'])).stdout).toBe(stdout);
  const headings = [...stdout.matchAll(/^(\S.*):$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual([
    ...[
      'Arguments',
      'Options',
      'Data',
      'Number formats',
      'Calibration',
      'Which layers',
      'Replay',
      'Engine',
      'Output',
    ],
  ]);
  for (const flag of ['--observer <name>', '--samples <n>', '--max-drop <points>', '--exclude <pattern>'])
    expect(stdout).toContain(flag);
  expect(stdout).toMatch(/--no-bias-correction +leave the mean error/);
});

test('--version tells the version and nothing else', async () => {
  expect(await runCli(['--version'])).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    stderr: '',
  });
});
