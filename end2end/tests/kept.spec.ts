// A category whose chat history is off: what is said in its rooms is there for who is there.
import type { Page } from '@playwright/test';
import { expect, test } from '../stoa';
import { rootCategory } from '../console';

test('a room without history says so, and keeps nothing to look up', async ({ admin, open }) => {
  const on = { value: 'inherit', locked: false };
  const settings = { invitations: on, files: on, history: { value: 'off', locked: true } };
  const category = await admin.call<{ id: string }>('POST', 'categories', { name: `Off the record ${Date.now()}`, parent: await rootCategory(admin), settings });
  const room = await admin.createRoom(`whispers ${Date.now()}`, { category: category.id });
  const [mira, omar] = [await open('Mira Kovac'), await open('Omar Haddad')];
  const post = (page: Page, text: string) => page.locator('li.post', { hasText: text });
  for (const { page, api } of [mira, omar]) {
    await api.call('PUT', `me/rooms/${room.id}`);
    await page.goto(`/chat/r/${room.id}`);
    await expect(page.locator('.connection')).toHaveAttribute('data-live', 'true');
    await expect(page.locator('.room-head').getByText('not kept')).toBeVisible();
  }
  await omar.page.locator('form.composer textarea').fill('between us');
  await omar.page.locator('form.composer textarea').press('Enter');
  await expect(post(mira.page, 'between us')).toBeVisible();
  await mira.page.reload();
  await expect(post(mira.page, 'This message is not kept.')).toBeVisible();
  await expect(mira.page.getByText('between us')).toHaveCount(0);
  await expect(post(omar.page, 'between us')).toBeVisible();
});
