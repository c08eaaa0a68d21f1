// What tests of the console share.

import { expect } from './stoa';
import type { Page } from '@playwright/test';
import type { Api } from './stoa';

export type Session = { user: { id: string } };

/** Makes an administrator of somebody who is signed in. */
export async function promote(admin: Api, api: Api): Promise<string> {
  const { user } = await api.call<Session>('GET', 'session');
  await admin.call('POST', 'roles/administrator', { principal: { kind: 'user', id: user.id } });
  return user.id;
}

/** Opens a page, and waits until it is awake: before that its buttons aren't there. */
export async function awake(page: Page, path: string): Promise<void> {
  await page.goto(path);
  // A busy machine takes its time with what isn't optimised.
  await expect(page.locator('#main[data-awake]')).toBeVisible({ timeout: 45_000 });
}

export async function rootCategory(admin: Api): Promise<string> {
  const { items } = await admin.call<{ items: { id: string; parent: string | null }[] }>('GET', 'categories');
  return items.find((category) => !category.parent)!.id;
}

/** Goes on with Tab until something has the focus. */
export async function reach(page: Page, selector: string): Promise<void> {
  for (let steps = 0; steps < 120; steps += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${selector} can't be reached by keyboard`);
}
