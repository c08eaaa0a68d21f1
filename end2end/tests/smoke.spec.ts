import { expect, test } from '../stoa';

test('the server says that it lives and is ready', async ({ request, stoa }) => {
  for (const question of ['live', 'ready']) {
    const answer = await request.get(`${stoa.url}/health/${question}`);
    expect(answer.status()).toBe(200);
  }
});

test('the server starts again on the data that it had', async ({ request, stoa }) => {
  await stoa.end('SIGKILL');
  await stoa.launch();
  const answer = await request.get(`${stoa.url}/health/ready`);
  expect(answer.status()).toBe(200);
});
