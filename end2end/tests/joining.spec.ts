// Asking to join a closed room, and being invited, in the browser.

import type { Page } from '@playwright/test';
import { expect, test } from '../stoa';

const connected = (page: Page) => expect(page.locator('.connection')).toHaveAttribute('data-live', 'true');
const rooms = (page: Page) => page.getByRole('navigation', { name: 'Rooms' });

test('somebody asks to join, is let in, and enters', async ({ admin, open }) => {
  const [mira, omar] = [await open('Mira Manager'), await open('Omar Asker')];
  const room = await admin.createRoom('handover plans', { privacy: 'closed' });
  const { user } = await mira.api.call<{ user: { id: string } }>('GET', 'session');
  await admin.call('POST', `rooms/${room.id}/lists/managers`, { principal: { kind: 'user', id: user.id } });
  await mira.api.call('PUT', `me/rooms/${room.id}`);
  await mira.page.goto(`/chat/r/${room.id}`);
  await connected(mira.page);

  await omar.page.goto('/directory?q=handover');
  await omar.page.getByLabel('Ask to join handover plans').click();
  await omar.page.getByLabel('Why you would like to (optional)').fill('I take over from Aiko');
  await omar.page.getByRole('button', { name: 'Ask', exact: true }).click();
  // Back where he searched.
  await expect(omar.page.getByText('Asked', { exact: true })).toBeVisible();
  await expect(omar.page).toHaveURL(/\/directory\?q=handover/);
  await omar.page.goto('/chat');
  await connected(omar.page);

  // The manager sees it live, and answers where the room's details are.
  await mira.page.getByRole('button', { name: '1 asks to join' }).click();
  const details = mira.page.getByRole('complementary', { name: 'Details' });
  await expect(details.getByText('I take over from Aiko')).toBeVisible();
  await details.getByRole('button', { name: 'Let Omar Asker in' }).click();
  await expect(details.getByText('I take over from Aiko')).toBeHidden();

  // Who asked hears it, has the room in his list, and enters.
  await expect(omar.page.getByText('You may enter handover plans now.').first()).toBeVisible();
  await rooms(omar.page).getByRole('link', { name: 'handover plans' }).click();
  await omar.page.locator('form.composer textarea').fill('thank you');
  await omar.page.locator('form.composer textarea').press('Enter');
  await expect(mira.page.locator('li.post', { hasText: 'thank you' })).toBeVisible();
  await rooms(omar.page).getByRole('button', { name: /^OK/ }).click();
  await expect(rooms(omar.page).getByText('You may enter handover plans now.')).toBeHidden();
});

test('an invitation comes live, and is accepted or declined', async ({ admin, open }) => {
  const omar = await open('Omar Guest');
  const { user } = await omar.api.call<{ user: { id: string } }>('GET', 'session');
  await omar.page.goto('/chat');
  await connected(omar.page);
  const made = [];
  for (const name of ['first circle', 'second circle']) {
    const room = await admin.createRoom(name, { privacy: 'secret' });
    await admin.call('POST', `rooms/${room.id}/lists/members`, { principal: { kind: 'user', id: user.id } });
    made.push(room);
  }
  const invitations = omar.page.getByRole('region', { name: 'Invitations' });
  await invitations.getByRole('button', { name: 'Accept the invitation into first circle' }).click();
  await expect(rooms(omar.page).getByRole('link', { name: 'first circle' })).toBeVisible();
  await invitations.getByRole('button', { name: 'Decline the invitation into second circle' }).click();
  await expect(invitations).toBeHidden();
  await expect(rooms(omar.page).getByRole('link', { name: 'second circle' })).toHaveCount(0);
  // It changed no list: the room may still be entered.
  await omar.page.goto(`/chat/r/${made[1]!.id}`);
  await expect(omar.page.getByRole('heading', { name: 'second circle' })).toBeVisible();
});
