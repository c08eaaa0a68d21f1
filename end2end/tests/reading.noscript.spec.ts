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

test('somebody asks to join, is let in, and puts the answer aside', async ({ admin, open, browser, stoa }) => {
  const room = await admin.createRoom('plain vault', { privacy: 'closed' });
  const [mira, omar] = [await open('Mira Manager'), await open('Omar Asker')];
  const { user } = await mira.api.call<{ user: { id: string } }>('GET', 'session');
  await admin.call('POST', `rooms/${room.id}/lists/managers`, { principal: { kind: 'user', id: user.id } });
  const plain = async (window: typeof mira) => {
    const context = await browser.newContext({ javaScriptEnabled: false, baseURL: stoa.url, storageState: await window.context.storageState() });
    return context.newPage();
  };
  const [manager, asker] = [await plain(mira), await plain(omar)];
  await asker.goto('/directory?q=plain+vault');
  await asker.getByLabel('Ask to join plain vault').click();
  await asker.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(asker.getByText('Asked', { exact: true })).toBeVisible();
  await manager.goto(`/chat/r/${room.id}`);
  await manager.getByRole('button', { name: 'Let Omar Asker in' }).click();
  await expect(manager.getByRole('button', { name: 'Let Omar Asker in' })).toHaveCount(0);
  await asker.goto('/chat');
  await asker.getByRole('link', { name: 'Enter' }).click();
  await expect(asker.getByRole('heading', { name: 'plain vault' })).toBeVisible();
  await asker.getByRole('button', { name: /^OK/ }).click();
  await expect(asker.getByText('You may enter plain vault now.')).toHaveCount(0);
  for (const page of [manager, asker]) await page.context().close();
});

test('files are posted, listed and found', async ({ admin, open, browser, stoa }, info) => {
  const room = await admin.createRoom('plain papers');
  const mira = await open('Mira Kovac');
  await mira.api.call('PUT', `me/rooms/${room.id}`);
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: stoa.url, storageState: await mira.context.storageState() });
  const page = await context.newPage();
  await page.goto(`/chat/r/${room.id}`);
  await page.getByText('Attach files').click();
  const form = page.locator('.attaching form');
  await form.getByLabel('Message (optional)').fill('here they are');
  await form.getByLabel('Files').setInputFiles([
    { name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('a plan') },
    { name: 'list.txt', mimeType: 'text/plain', buffer: Buffer.from('a list') },
  ]);
  await page.screenshot({ path: info.outputPath('attaching.png') });
  await form.getByRole('button', { name: 'Send' }).click();
  await expect(page).toHaveURL(new RegExp(`/chat/r/${room.id}$`));
  const post = page.locator('li.post', { hasText: 'here they are' });
  await expect(post.locator('.file .name')).toHaveText(['plan.txt', 'list.txt']);
  for (let n = 0; n < 3; n += 1) {
    await page.getByText('Attach files').click();
    await form.getByLabel('Files').setInputFiles(Array.from({ length: 20 }, (_, at) => ({ name: `page ${n} ${at}.txt`, mimeType: 'text/plain', buffer: Buffer.from('x') })));
    await form.getByRole('button', { name: 'Send' }).click();
  }
  await page.locator('.room-head').getByRole('link', { name: 'Files' }).click();
  const lines = page.locator('.listed li');
  await expect(lines).toHaveCount(50);
  await page.getByRole('link', { name: 'More', exact: true }).click();
  await expect(lines).toHaveCount(12);
  await page.getByLabel('Find a file by its name').fill('plan');
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(lines).toHaveCount(1);
  await page.getByRole('link', { name: 'Mira Kovac' }).click();
  await expect(page.getByRole('link', { name: 'Files of everybody' })).toBeVisible();
  await expect(lines).toHaveCount(1);
  await page.screenshot({ path: info.outputPath('files.png') });
  await lines.getByTitle('Go to the message').click();
  await expect(page.getByText('here they are')).toBeVisible();

  // What is refused is said.
  const settings = await admin.call<{ version: string }>('GET', `rooms/${room.id}`);
  await admin.call('PATCH', `rooms/${room.id}`, { limits: { upload_limit: 3, room_quota: 0 } }, { 'if-match': `"${settings.version}"` });
  await page.goto(`/chat/r/${room.id}`);
  await page.getByText('Attach files').click();
  await form.getByLabel('Files').setInputFiles({ name: 'four.txt', mimeType: 'text/plain', buffer: Buffer.from('four') });
  await form.getByRole('button', { name: 'Send' }).click();
  await expect(page.getByText('The file is too large.')).toBeVisible();
  await context.close();
});
