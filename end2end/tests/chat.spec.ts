// Two people in two windows of a real browser.

import type { Page } from '@playwright/test';
import { expect, test } from '../stoa';



const composer = (page: Page) => page.locator('form.composer textarea');
const post = (page: Page, text: string) => page.locator('li.post', { hasText: text });
const connected = (page: Page) => expect(page.locator('.connection')).toHaveAttribute('data-live', 'true');

async function say(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await composer(page).press('Enter');
}

/** Whatever the browser complains about, hydration first of all. */
function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || /hydration|mismatch/i.test(message.text())) heard.push(message.text());
  });
  page.on('pageerror', (error) => heard.push(String(error)));
  return heard;
}

test('two people chat, and see each other write, change, react and delete', async ({ admin, open }) => {
  const room = await admin.createRoom('incident bridge');
  const [mira, omar] = [await open('Mira Kovac'), await open('Omar Haddad')];
  for (const { api } of [mira, omar]) await api.call('PUT', `me/rooms/${room.id}`);
  const heard = [...[mira, omar].map(({ page }) => complaints(page))];
  for (const { page } of [mira, omar]) {
    await page.goto(`/chat/r/${room.id}`);
    await connected(page);
  }

  await say(mira.page, 'Queue is growing since **08:32**');
  await expect(post(omar.page, 'Queue is growing since 08:32')).toBeVisible();
  await expect(post(omar.page, 'Queue is growing').locator('strong', { hasText: '08:32' })).toBeVisible();
  await expect(post(mira.page, 'Queue is growing')).toHaveCount(1);
  await expect(composer(mira.page)).toHaveValue('');

  await composer(omar.page).pressSequentially('rolling it ba');
  await expect(mira.page.getByText('Omar Haddad is typing…')).toBeVisible();
  await composer(omar.page).fill('');
  await say(omar.page, `@${mira.person.name} rolling it back`);
  await expect(post(mira.page, 'rolling it back').locator('.mention')).toBeVisible();

  // One's last message, by the keyboard.
  await composer(omar.page).press('ArrowUp');
  await composer(omar.page).fill('rolled it back');
  await composer(omar.page).press('Enter');
  await expect(post(mira.page, 'rolled it back')).toContainText('edited');

  const first = post(omar.page, 'Queue is growing');
  await first.hover();
  await first.getByRole('button', { name: 'React' }).click();
  await omar.page.locator('.palette button, dialog button').filter({ hasText: '👍' }).first().click();
  await expect(post(mira.page, 'Queue is growing').getByRole('button', { name: /👍 1/ })).toBeVisible();

  const own = post(omar.page, 'rolled it back');
  await own.hover();
  await own.getByRole('button', { name: 'Delete' }).click();
  await omar.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(mira.page.getByText('Deleted by Omar Haddad')).toBeVisible();
  expect(heard.flat()).toEqual([]);
});

test('what is written while the server is away is sent when it is back, once', async ({ stoa, admin, open }) => {
  const room = await admin.createRoom('the outage');
  const [mira, omar] = [await open('Mira Kovac'), await open('Omar Haddad')];
  for (const { page, api } of [mira, omar]) {
    await api.call('PUT', `me/rooms/${room.id}`);
    await page.goto(`/chat/r/${room.id}`);
    await connected(page);
  }
  await say(mira.page, 'before');
  await expect(post(omar.page, 'before')).toBeVisible();
  // A mark that a reload would wipe away.
  await mira.page.evaluate(() => ((window as unknown as { kept: boolean }).kept = true));
  await stoa.end('SIGKILL');
  await expect(mira.page.locator('.connection')).toHaveAttribute('data-live', 'false');
  await say(mira.page, 'during');
  await stoa.launch();
  await expect(post(omar.page, 'during')).toHaveCount(1);
  await expect(post(mira.page, 'during')).toHaveCount(1);
  await say(omar.page, 'after');
  await expect(post(mira.page, 'after')).toBeVisible();
  expect(await mira.page.evaluate(() => (window as unknown as { kept?: boolean }).kept)).toBe(true);
  const bodies = await mira.page.locator('li.post .body').allInnerTexts();
  expect(bodies.map((body) => body.trim())).toEqual(['before', 'during', 'after']);
});

test('who is taken off a room is told, and leaves it', async ({ admin, open }) => {
  const room = await admin.createRoom('inner circle', { privacy: 'closed' });
  const mira = await open('Mira Kovac');
  const { user } = await mira.api.call<{ user: { id: string } }>('GET', 'session');
  await admin.call('POST', `rooms/${room.id}/lists/members`, { principal: { kind: 'user', id: user.id } });
  await mira.api.call('PUT', `me/rooms/${room.id}`);
  await mira.page.goto(`/chat/r/${room.id}`);
  await connected(mira.page);
  await admin.call('DELETE', `rooms/${room.id}/lists/members/user:${user.id}`);
  await expect(mira.page.getByText('You are no longer in inner circle')).toBeVisible({ timeout: 3_000 });
  await mira.page.goto(`/chat/r/${room.id}`);
  await expect(composer(mira.page)).toHaveCount(0);
});

test('hostile Markdown stays text', async ({ admin, open }) => {
  const room = await admin.createRoom('hostile');
  const mira = await open('Mira Kovac');
  await mira.api.call('PUT', `me/rooms/${room.id}`);
  const said: string[] = [];
  mira.page.on('dialog', async (dialog) => {
    said.push(dialog.message());
    await dialog.dismiss();
  });
  const bodies = [
    '<img src=x onerror=alert(1)>',
    '<script>alert(2)</script>',
    '[click](javascript:alert(3))',
    '![x](data:text/html,<script>alert(4)</script>)',
    '</li></ul><h1>out</h1>',
  ];
  for (const body of bodies) {
    await mira.api.call('POST', `rooms/${room.id}/messages`, { nonce: crypto.randomUUID(), body });
  }
  await mira.page.goto(`/chat/r/${room.id}`);
  await connected(mira.page);
  const timeline = mira.page.locator('li.post');
  await expect(timeline).toHaveCount(bodies.length);
  await expect(timeline.locator('img, script, h1, iframe, [onerror]')).toHaveCount(0);
  await expect(timeline.locator('a[href^="javascript"], a[href^="data"]')).toHaveCount(0);
  expect(said).toEqual([]);
});

test('a room is found in the directory and joined', async ({ admin, open }) => {
  const room = await admin.createRoom('release train');
  const mira = await open('Mira Kovac');
  await mira.page.goto('/directory?q=release');
  await mira.page.getByRole('button', { name: 'Join release train' }).click();
  await mira.page.waitForURL(`**/chat/r/${room.id}`);
  await connected(mira.page);
  await say(mira.page, 'here I am');
  await expect(post(mira.page, 'here I am')).toBeVisible();
});

test('a link that leads nowhere spoils nothing, and rooms are changed by keys', async ({ admin, open }) => {
  const [one, two] = [await admin.createRoom('alpha desk'), await admin.createRoom('beta desk')];
  const mira = await open('Mira Kovac');
  for (const room of [one, two]) await mira.api.call('PUT', `me/rooms/${room.id}`);
  const heard = complaints(mira.page);
  const { page } = mira;
  await page.goto(`/chat/r/01939c5e-7a00-7000-8000-000000000001`);
  await expect(page.locator('.connection')).toHaveAttribute('data-live', 'true');
  await page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name: /alpha desk/ }).click();
  await expect(page.getByRole('heading', { name: 'alpha desk' })).toBeVisible();
  await expect(composer(page)).toBeFocused();

  // What the browser says about the answer that there is no such room is no complaint of ours.
  heard.splice(0, heard.length, ...heard.filter((text) => !/404/.test(text)));
  await page.keyboard.press('Control+k');
  await page.keyboard.type('beta');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'beta desk' })).toBeVisible();
  await expect(composer(page)).toBeFocused();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(page.getByRole('heading', { name: 'alpha desk' })).toBeVisible();
  // An address of a message that never was shows the room.
  await page.goto(`/chat/r/${two.id}/4711`);
  await connected(page);
  await expect(composer(page)).toBeVisible();
  expect(heard).toEqual([]);
});

test('who comes back to many unread messages finds the first of them', async ({ admin, open }) => {
  const room = await admin.createRoom('busy');
  const [mira, omar] = [await open('Mira Kovac'), await open('Omar Haddad')];
  for (const { api } of [mira, omar]) await api.call('PUT', `me/rooms/${room.id}`);
  const send = (body: string) => omar.api.call('POST', `rooms/${room.id}/messages`, { nonce: crypto.randomUUID(), body });
  await send('read before');
  await mira.page.goto(`/chat/r/${room.id}`);
  await connected(mira.page);
  await expect(post(mira.page, 'read before')).toBeVisible();
  await mira.page.goto('/directory');
  for (let n = 1; n <= 130; n += 1) await send(`news ${n}.`);
  await mira.page.goto(`/chat/r/${room.id}`);
  await connected(mira.page);
  await expect(post(mira.page, 'news 130.')).toBeVisible();
  await mira.page.getByRole('button', { name: 'To the first unread' }).click();
  await expect(post(mira.page, 'news 1.')).toBeInViewport();
  await expect(mira.page.locator('li.new')).toBeVisible();
  await mira.page.keyboard.press('Escape');
  await expect(post(mira.page, 'news 130.')).toBeInViewport();
});

test('an edit that is refused is not lost', async ({ admin, open }) => {
  const room = await admin.createRoom('edits');
  const mira = await open('Mira Kovac');
  await mira.api.call('PUT', `me/rooms/${room.id}`);
  await mira.page.goto(`/chat/r/${room.id}`);
  await connected(mira.page);
  await say(mira.page, 'as it was');
  // What isn't acknowledged yet can't be edited.
  await expect(mira.page.locator('li.post:not(.pending)', { hasText: 'as it was' })).toBeVisible();
  await composer(mira.page).press('ArrowUp');
  await expect(mira.page.getByText('Editing your message')).toBeVisible();
  await composer(mira.page).fill('as it should be');
  await mira.context.setOffline(true);
  await expect(mira.page.locator('.connection')).toHaveAttribute('data-live', 'false');
  await composer(mira.page).press('Enter');
  await expect(composer(mira.page)).toHaveValue('as it should be');
  await mira.context.setOffline(false);
  await connected(mira.page);
  await composer(mira.page).press('Enter');
  await expect(post(mira.page, 'as it should be')).toBeVisible();
  await expect(composer(mira.page)).toHaveValue('');
});
