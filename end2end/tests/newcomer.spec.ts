// The first minutes with Stoa: from the link that it prints to two windows that chat.

import { Stoa, expect, test } from '../stoa';

test('the first administrator makes a person and a room, and they chat', async ({ browser }) => {
  const stoa = await Stoa.start();
  try {
    const link = await stoa.says(/http:\/\/\S+\/setup\S*(?=\n)/);
    const ada = await (await browser.newContext()).newPage();
    await ada.goto(link);
    await ada.locator('#name').fill('ada');
    await ada.locator('#display_name').fill('Ada Admin');
    await ada.locator('#password').fill('correct horse battery staple');
    await ada.locator('form button').click();
    await ada.waitForURL(/\/chat/);

    await ada.getByRole('link', { name: 'Administration' }).click();
    await ada.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: 'People' }).click();
    await expect(ada.locator('#main[data-awake]').getByRole('heading', { name: 'People' })).toBeVisible();
    await ada.getByRole('button', { name: 'Add a person' }).click();
    await ada.getByLabel('Full name').fill('Omar Haddad');
    await ada.getByLabel('Sign-in name').fill('omar');
    await ada.getByLabel('Password').fill('another horse battery');
    await ada.getByRole('button', { name: 'Add', exact: true }).click();
    await expect(ada.getByRole('heading', { name: 'Omar Haddad' })).toBeVisible();

    await ada.goto(`${stoa.url}/rooms/new`);
    await ada.locator('#name').fill('lobby');
    await ada.locator('form[action="/rooms/new"] button').click();
    await ada.waitForURL(/\/chat\/r\//);

    const omar = await (await browser.newContext()).newPage();
    await omar.goto(stoa.url);
    await omar.locator('#name').fill('omar');
    await omar.locator('#password').fill('another horse battery');
    await omar.getByRole('button', { name: 'Sign in' }).click();
    await omar.waitForURL(/\/chat/);
    await omar.goto(`${stoa.url}/directory`);
    await omar.getByRole('button', { name: 'Join lobby' }).click();
    await omar.waitForURL(/\/chat\/r\//);
    for (const page of [ada, omar]) await expect(page.locator('.connection')).toHaveAttribute('data-live', 'true');
    await omar.locator('form.composer textarea').fill('Hello, Ada');
    await omar.locator('form.composer textarea').press('Enter');
    await expect(ada.locator('li.post', { hasText: 'Hello, Ada' })).toBeVisible();

    // Killed and started again, everything is there, and the link is worth nothing any more.
    await stoa.end('SIGKILL');
    await stoa.launch();
    await omar.reload();
    await expect(omar.locator('li.post', { hasText: 'Hello, Ada' })).toBeVisible();
    const late = await (await browser.newContext()).newPage();
    await late.goto(link);
    await expect(late.locator('#password')).toHaveCount(0);
  } finally {
    await stoa.stop();
  }
});
