// Without scripts: read the history as pages, post by a plain form.

import { expect, test } from '../stoa';



test('history is read and something is posted', async ({ admin, open, browser, stoa }) => {
  const room = await admin.createRoom('plain');
  const mira = await open('Mira Kovac');
  await mira.api.call('PUT', `me/rooms/${room.id}`);
  for (let n = 1; n <= 45; n += 1) {
    await mira.api.call('POST', `rooms/${room.id}/messages`, { nonce: crypto.randomUUID(), body: `message number ${n}.` });
  }
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: stoa.url, storageState: await mira.context.storageState() });
  const page = await context.newPage();
  await page.goto(`/chat/r/${room.id}`);
  await expect(page.getByText('message number 45.')).toBeVisible();
  await expect(page.getByText('message number 2.')).toHaveCount(0);
  await page.getByRole('link', { name: 'Older messages' }).click();
  await expect(page.getByText('message number 2.')).toBeVisible();
  await page.goto(`/chat/r/${room.id}`);
  await page.locator('textarea[name=body]').fill('said without scripts');
  await page.getByRole('button', { name: /Send/ }).click();
  await expect(page.getByText('said without scripts')).toBeVisible();

  // What is refused is said.
  await page.locator('textarea[name=body]').fill('x'.repeat(4_001));
  await page.getByRole('button', { name: /Send/ }).click();
  await expect(page.getByText(/can.t be accepted/i)).toBeVisible();
  await context.close();
});
