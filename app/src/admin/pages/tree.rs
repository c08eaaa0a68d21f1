//! The tree of categories: plain links at first; awake, a tree that opens in place and is walked by keys.

use leptos::attr::custom::CustomAttribute;
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use stoa_domain::id::CategoryId;
use stoa_domain::wire::Page;
use stoa_domain::wire::category::TreeLine;

use super::super::address;
use super::super::console::Console;
use super::super::text::ConsoleText;
use crate::api::Api;
use crate::routes::with_query;
use crate::text::fill;
use crate::ui::{Erase, Icon, dynamic, effect, icon, list, pressing};

/// So long letters that are typed one after the other are one word.
const TYPING: i64 = 700;

#[derive(Clone, Copy)]
struct Tree {
    console: Console,
    lines: RwSignal<Vec<TreeLine>>,
    /// The one line that Tab comes to.
    at: RwSignal<Option<CategoryId>>,
    typed: StoredValue<(String, i64)>,
    /// Whether it is what words have found, which isn't remembered.
    found: bool,
}

pub fn tree(console: Console, t: &'static ConsoleText, lines: &[TreeLine], chosen: Option<CategoryId>, words: &str) -> AnyView {
    let found = !words.is_empty();
    let opened = if found { lines.to_vec() } else { console.tree.with_value(|before| merged(lines, before)) };
    let tree = Tree {
        console,
        lines: RwSignal::new(opened),
        at: RwSignal::new(chosen.or_else(|| lines.first().map(|line| line.id))),
        typed: StoredValue::new((String::new(), 0)),
        found,
    };
    let role = move |role: &'static str| dynamic(move || console.awake.get().then_some(role));
    effect(move || tree.keep());
    #[cfg(feature = "hydrate")]
    effect(move || {
        let line = chosen.and_then(|id| crate::ui::by_id(&id_of(id)));
        if let Some(line) = line {
            crate::ui::scroll_into_view(&line, leptos::web_sys::ScrollLogicalPosition::Nearest);
        }
    });
    let each = move || {
        let lines = tree.lines.get();
        let placed = places(&lines);
        lines.into_iter().zip(placed).map(|(line, place)| (line.id.to_string(), move || tree.line(t, &line, place, Some(line.id) == chosen))).collect()
    };
    view! {
        <ul role=role("tree") aria-label=t.tree on:keydown=move |key: KeyboardEvent| tree.press(&key)>{list(each)}</ul>
    }
    .any()
}

fn id_of(category: CategoryId) -> String {
    format!("tree-{category}")
}

/// What was opened by hand stays so on the next page.
fn merged(lines: &[TreeLine], before: &[TreeLine]) -> Vec<TreeLine> {
    let mut all = Vec::with_capacity(lines.len());
    for line in lines {
        let opened = if line.open || line.children == 0 { &[] } else { below(before, line.id) };
        all.push(TreeLine { open: line.open || !opened.is_empty(), ..line.clone() });
        all.extend_from_slice(opened);
    }
    all
}

/// The lines below a category, at all levels.
fn below(lines: &[TreeLine], id: CategoryId) -> &[TreeLine] {
    let Some(at) = lines.iter().position(|line| line.id == id) else { return &[] };
    let (depth, rest) = (lines[at].depth, &lines[at + 1..]);
    let end = rest.iter().position(|line| line.depth <= depth).unwrap_or(rest.len());
    &rest[..end]
}

/// The how manieth of how many each line is among its siblings.
fn places(lines: &[TreeLine]) -> Vec<(u32, u32)> {
    let mut open: Vec<(u32, u32)> = Vec::new();
    let mut places = Vec::with_capacity(lines.len());
    for line in lines {
        let depth = usize::try_from(line.depth).unwrap_or_default();
        open.truncate(depth + 1);
        if open.len() == depth {
            // The first one of its level: its parent knows how many there are.
            open.push((0, 1));
        }
        let mut place = (1, 1);
        if let Some(level) = open.get_mut(depth) {
            level.0 += 1;
            place = *level;
        }
        places.push(place);
        open.truncate(depth + 1);
        open.push((0, line.children));
    }
    places
}

impl Tree {
    fn keep(self) {
        let lines = self.lines.get();
        if !self.found {
            self.console.tree.set_value(lines);
        }
    }

    fn line(self, t: &'static ConsoleText, line: &TreeLine, (place, of): (u32, u32), here: bool) -> AnyView {
        let (id, depth) = (line.id, line.depth);
        let folds = line.children > 0;
        let open = move || self.lines.with(|lines| lines.iter().any(|line| line.id == id && line.open));
        let awake = move || self.console.awake.get();
        let mark = move || folds.then(|| icon(if open() { Icon::Fold } else { Icon::Unfold }));
        let toggle = pressing(move |click| {
            if folds && self.console.awake.get_untracked() {
                click.prevent_default();
                self.toggle(id);
            }
        });
        let link = view! {
                <a href=address::category(id) id=id_of(id) aria-current=here.then_some("page")
                    role=dynamic(move || awake().then_some("treeitem"))
                    aria-posinset=dynamic(move || awake().then_some(place.to_string()))
                    aria-setsize=dynamic(move || awake().then_some(of.to_string()))
                    aria-selected=dynamic(move || awake().then_some(if here { "true" } else { "false" }))
                    aria-expanded=dynamic(move || (folds && awake()).then_some(if open() { "true" } else { "false" }))
                    tabindex=dynamic(move || awake().then_some(if self.at.get() == Some(id) { "0" } else { "-1" }))
                    on:focus=move |_| self.at.set(Some(id))
                >
                    <span class="fold" data-folds=folds.then_some("") on:click=toggle>{dynamic(mark)}</span>
                    <span class="name" dir="auto">{line.name.clone()}</span>
                    <span class="num tiny faint" title=fill(t.n_rooms_below, &[&t.number(line.rooms)])>{t.number(line.rooms)}</span>
                </a>
        };
        // The macro knows no such attribute.
        let link = link.into_inner().attr("aria-level", dynamic(move || awake().then_some((depth + 1).to_string()))).into_any();
        view! { <li role=dynamic(move || awake().then_some("none")) style=format!("--depth: {depth}")>{link}</li> }.any()
    }

    /// Opens a line, or closes it.
    fn toggle(self, id: CategoryId) {
        let known = self.lines.with_untracked(|lines| lines.iter().find(|line| line.id == id).cloned());
        let Some(line) = known.filter(|line| line.children > 0) else { return };
        if line.open {
            return self.put(id, Vec::new());
        }
        leptos::task::spawn_local(async move {
            let page: Result<Page<TreeLine>, _> = Api::default().read(&with_query("/categories/tree", &[("open", &id.to_string())])).await;
            if let Ok(page) = page {
                self.put(id, below(&page.items, id).to_vec());
            }
        });
    }

    /// Puts these below a line, instead of what is there.
    fn put(self, id: CategoryId, new: Vec<TreeLine>) {
        let put = self.lines.try_update(|lines| {
            let gone = below(lines, id).len();
            if let Some(at) = lines.iter().position(|line| line.id == id) {
                lines[at].open = !new.is_empty();
                lines.splice(at + 1..at + 1 + gone, new);
            }
        });
        // The answer may come to a page that is gone.
        if put.is_none() {
            return;
        }
        // Who was below what closed stands on it now.
        if self.at.with_untracked(|at| self.lines.with_untracked(|lines| lines.iter().all(|line| Some(line.id) != *at))) {
            self.at.set(Some(id));
        }
    }

    fn press(self, key: &KeyboardEvent) {
        if key.ctrl_key() || key.alt_key() || key.meta_key() || !self.console.awake.get_untracked() {
            return;
        }
        let lines = self.lines.get_untracked();
        let Some(at) = self.at.get_untracked().and_then(|id| lines.iter().position(|line| line.id == id)) else { return };
        let line = &lines[at];
        let to = match key.key().as_str() {
            "ArrowDown" => Some(at + 1),
            "ArrowUp" => at.checked_sub(1),
            "Home" => Some(0),
            "End" => Some(lines.len() - 1),
            "ArrowRight" if line.open => Some(at + 1),
            "ArrowLeft" if !line.open => lines[..at].iter().rposition(|above| above.depth < line.depth),
            "ArrowRight" | "ArrowLeft" => {
                self.toggle(line.id);
                None
            }
            // Within a word that is typed it belongs to it.
            " " if !self.types() => {
                activate(line.id);
                None
            }
            letter if letter.chars().count() == 1 => self.typed(&lines, at, letter),
            _ => return,
        };
        key.prevent_default();
        if let Some(line) = to.and_then(|to| lines.get(to)) {
            self.at.set(Some(line.id));
            focus(line.id);
        }
    }

    /// Whether a word is being typed.
    fn types(self) -> bool {
        self.typed.with_value(|(word, last)| !word.is_empty() && crate::when::now().millis() - last <= TYPING)
    }

    /// The next line that begins with what is typed.
    fn typed(self, lines: &[TreeLine], at: usize, letter: &str) -> Option<usize> {
        let now = crate::when::now().millis();
        let word = self.typed.try_update_value(|(word, last)| {
            if now - *last > TYPING {
                word.clear();
            }
            word.push_str(&letter.to_lowercase());
            *last = now;
            word.clone()
        })?;
        // A longer word may be that of the line where one is; a first letter leads on.
        let from = if word.chars().count() > 1 { at } else { at + 1 };
        let order = (from..lines.len()).chain(0..from.min(lines.len()));
        order.into_iter().find(|index| lines[*index].name.to_lowercase().starts_with(&word))
    }
}

fn focus(id: CategoryId) {
    #[cfg(feature = "hydrate")]
    if let Some(line) = crate::ui::by_id(&id_of(id)) {
        let _ = line.focus();
    }
    let _ = id;
}

fn activate(id: CategoryId) {
    #[cfg(feature = "hydrate")]
    if let Some(line) = crate::ui::by_id(&id_of(id)) {
        line.click();
    }
    let _ = id;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(n: u128, depth: u32, children: u32, open: bool) -> TreeLine {
        TreeLine { id: uuid::Uuid::from_u128(n).into(), name: format!("c{n}"), depth, open, children, rooms: 0, may_manage: true }
    }

    #[test]
    fn what_was_opened_by_hand_stays_open() {
        let before = [line(1, 0, 2, true), line(2, 1, 1, true), line(3, 2, 0, false), line(4, 1, 0, false)];
        let now = [line(1, 0, 2, true), line(2, 1, 1, false), line(4, 1, 0, false)];
        assert_eq!(merged(&now, &before), before);
        assert_eq!(merged(&now, &[]), now);
    }

    #[test]
    fn each_line_knows_its_place_among_its_siblings() {
        let lines = [line(1, 0, 2, true), line(2, 1, 1, true), line(3, 2, 0, false), line(4, 1, 0, false)];
        assert_eq!(places(&lines), [(1, 1), (1, 2), (1, 1), (2, 2)]);
    }
}
