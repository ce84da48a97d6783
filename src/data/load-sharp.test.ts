import { expect, test, vi } from 'vitest';
import { loadSharp } from './load-sharp.ts';

vi.mock('sharp', () => {
  throw new Error("Cannot find package 'sharp'");
});

test('absence of sharp says what to install', async () => {
  await expect(loadSharp('cat.jpg')).rejects.toMatchObject({
    code: 'sharp-missing',
    where: 'cat.jpg',
    hint: 'npm install sharp',
  });
});
