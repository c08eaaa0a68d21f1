// The console on the desktop, on a phone and without scripts: its pages show their content, fit, and axe finds nothing.

import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../stoa';

// In parts, so that they are looked through at the same time.
const PARTS = ['categories', 'rooms', 'the others'];

for (const part of PARTS) test(`each page of the console shows its content, fits, and is accessible: ${part}`, async ({ admin, open, stoa, javaScriptEnabled }, info) => {
  // Each page in both themes, each looked through.
  test.setTimeout(240_000);
  const tag = `${info.project.name} ${Date.now()}`;
  const room = await admin.createRoom(`ledger ${tag}`, { privacy: 'closed' });
  const mira = await open('Mira Kovac');
  const me = await mira.api.call<{ user: { id: string } }>('GET', 'session');
  const user = { kind: 'user', id: me.user.id };
  await admin.call('POST', 'roles/administrator', { principal: user });
  await admin.call('POST', `rooms/${room.id}/lists/members`, { principal: user });
  const uploaded = await mira.page.request.post(`${stoa.url}/api/v1/rooms/${room.id}/files`, {
    headers: { origin: stoa.url },
    multipart: { file: { name: `figures ${tag}.txt`, mimeType: 'text/plain', buffer: Buffer.from('one\n'.repeat(500)) } },
  });
  const { id: file } = (await uploaded.json()) as { id: string };
  await mira.api.call('POST', `rooms/${room.id}/messages`, { nonce: crypto.randomUUID(), body: '', attachments: [file] });
  const group = await admin.call<{ id: string }>('POST', 'groups', { name: `Traders ${tag}` });
  await admin.call('POST', `groups/${group.id}/members`, { principal: user });
  await admin.call('POST', 'units', { name: `Treasury ${tag}` });
  await admin.call('POST', 'domains', { name: `n${Date.now()}.example` });
  const pages: [string, string][] = [
    ['/admin', 'Posts in the last hour'],
    ['/admin/categories', 'All rooms'],
    ['/admin/categories?tab=scope', 'Everyone'],
    ['/admin/categories?tab=managers', 'Creators'],
    ['/admin/categories?tab=access', 'people are let in here'],
    ['/admin/categories?tab=rooms', `ledger ${tag}`],
    ['/admin/categories?tab=history', 'list.'],
    [`/admin/rooms?q=${encodeURIComponent(tag)}`, `ledger ${tag}`],
    [`/admin/rooms/${room.id}`, 'Chat history'],
    [`/admin/rooms/${room.id}?tab=members`, 'Mira Kovac'],
    [`/admin/rooms/${room.id}?tab=access`, 'Member'],
    [`/admin/rooms/${room.id}?tab=requests`, 'Nobody has asked'],
    [`/admin/rooms/${room.id}?tab=history`, 'list.add'],
    [`/admin/rooms?q=${encodeURIComponent(tag)}&member=${me.user.id}&min_messages=0`, `ledger ${tag}`],
    [`/admin/files?q=${encodeURIComponent(tag)}`, `figures ${tag}.txt`],
    [`/admin/files?room=${room.id}&type=text/`, `# ledger ${tag}`],
    ['/admin/files?tab=room', `# ledger ${tag}`],
    ['/admin/files?tab=category', 'All rooms'],
    ['/admin/files?tab=person', 'Mira Kovac'],
    ['/admin/messages', 'Queries so far'],
    ['/admin/people?q=mira', 'Mira Kovac'],
    [`/admin/people/${me.user.id}`, `ledger ${tag}`],
    ['/admin/groups', `Traders ${tag}`],
    [`/admin/groups/${group.id}`, 'Mira Kovac'],
    ['/admin/units', `Treasury ${tag}`],
    ['/admin/domains', '.example'],
    ['/admin/roles', 'Administrators'],
    ['/admin/settings', 'Longest chat message'],
    ['/admin/audit', 'list.add'],
    ['/admin/nowhere', 'no such page'],
  ];
  const partOf = (path: string) => PARTS.find((word) => path.startsWith(`/admin/${word}`)) ?? 'the others';
  for (const [index, [path, content]] of pages.entries()) {
    if (partOf(path) !== part) continue;
    for (const scheme of ['light', 'dark'] as const) {
      await mira.page.emulateMedia({ colorScheme: scheme });
      await mira.page.goto(path);
      await expect(mira.page.locator('#main'), path).toContainText(content);
      if (javaScriptEnabled) {
        const wide = await mira.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(wide, `${path} is wider than the window`).toBeLessThanOrEqual(0);
        const { violations } = await new AxeBuilder({ page: mira.page as never }).analyze();
        expect(violations.map(({ id, nodes }) => `${path} ${scheme}: ${id}: ${nodes[0]?.html}`)).toEqual([]);
      }
      await mira.page.screenshot({ path: info.outputPath(`${index}-${path.split(/[/?]/)[2] ?? 'overview'}-${scheme}.png`) });
    }
  }
});
