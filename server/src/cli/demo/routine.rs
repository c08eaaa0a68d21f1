//! What is said every day, with other numbers: between the conversations that were written down,
//! weeks of ordinary work. The same at every run.

/// A repeatable stream of numbers.
pub struct Numbers(u64);

impl Numbers {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }
    /// Below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        // Constants of Knuth's MMIX generator; its high bits are the good ones.
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit.max(1)
    }
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let at = self.below(of.len() as u64);
        of.get(usize::try_from(at).unwrap_or(0))
    }
    pub fn bytes(&mut self) -> [u8; 10] {
        std::array::from_fn(|_| u8::try_from(self.below(256)).unwrap_or(0))
    }
}

pub struct Routine {
    pub room: &'static str,
    pub people: &'static [&'static str],
    /// Minute of the day at which it begins, and how many are said on one day.
    pub from: u32,
    pub most: u64,
    /// `{price}`, `{count}`, `{few}` and `{ref}` stand for numbers of the day.
    pub lines: &'static [&'static str],
}

pub const ROUTINES: &[Routine] = &[
    Routine {
        room: "fx-desk",
        people: &["omar.haddad", "lucia.ferrari", "daniel.cohen", "aiko.tanaka"],
        from: 500,
        most: 7,
        lines: &[
            "EURUSD {price}, two way, small",
            "Client buys {few} EURUSD at the fix, done at {price}",
            "Anything in cable? I have {few} to go",
            "Nothing here",
            "Flat into the number",
            "Spot ref {price} please",
            "{price} / {price} in {few}, firm for a minute",
            "Quiet. Too quiet.",
            "Order left: sell {few} EURUSD {price}, good for the day",
            "Filled, thanks",
            "Flat, going home",
        ],
    },
    Routine {
        room: "settlement",
        people: &["yusuf.demir", "lucia.ferrari", "claire.dubois"],
        from: 960,
        most: 4,
        lines: &[
            "All clear for today, {count} confirmations, no break.",
            "One break: `STL-2{ref}`, one cent. Closed.",
            "`STL-2{ref}`: waiting for their confirmation",
            "Confirmed, thanks",
            "{count} confirmations, {few} open, all of them not due before tomorrow.",
        ],
    },
    Routine {
        room: "platform",
        people: &["hanna.lindqvist", "priya.nair", "tom.okafor", "kenji.mori", "mateo.rojas", "samuel.adeyemi", "pavel.sokolov"],
        from: 560,
        most: 4,
        lines: &[
            "Who owns the job `nightly-{ref}`? It failed, and nobody was told.",
            "Mine, looking",
            "Rotated the keys of the test cluster, nothing to do for you",
            "Build queue is {few} long, one runner is being repaired",
            "Back to normal",
            "Small improvement: `make sandbox` now takes {few} seconds instead of {count}",
            "Nice, thank you",
            "Is there a reason that staging is still on last week's image?",
            "No reason. Updating.",
        ],
    },
    Routine {
        room: "code-review",
        people: &["ravi.menon", "lena.vogt", "kenji.mori", "mateo.rojas", "pavel.sokolov", "jonas.weber", "priya.nair"],
        from: 600,
        most: 4,
        lines: &[
            "Eyes wanted: !{ref}, {count} lines, mostly tests",
            "Looking",
            "Approved, one question about a name",
            "Renamed, merging",
            "!{ref} is small and blocks the train, could somebody?",
            "Done",
            "Left {few} comments, none of them serious",
        ],
    },
    Routine {
        room: "client-portal",
        people: &["ravi.menon", "beatriz.silva", "amara.diallo", "mateo.rojas", "lena.vogt"],
        from: 620,
        most: 3,
        lines: &[
            "{count} sign-ins before nine, {few} calls to support",
            "Ticket {ref}: can't find the download. It is where they looked first in the usability session.",
            "Answered with a picture",
            "Staging has the new date picker. Please try to break it.",
            "Broke it: 29 February",
            "Fixed",
        ],
    },
    Routine {
        room: "atlas",
        people: &["eva.jansen", "priya.nair", "amara.diallo", "stefan.novak", "lena.vogt"],
        from: 540,
        most: 3,
        lines: &[
            "Check of the night: {few} differences, all rounding",
            "Check of the night: none",
            "{count} accounts compared, on plan",
            "Question from the auditors: who approved mapping {ref}? I need the mail.",
            "Sent",
            "Risk list updated, nothing new",
        ],
    },
    Routine {
        room: "lunch",
        people: &["jonas.weber", "eva.jansen", "claire.dubois", "lena.vogt", "samuel.adeyemi", "stefan.novak", "tom.okafor"],
        from: 690,
        most: 3,
        lines: &["12:15?", "in", "Canteen has the curry today", "me too", "Soup?", "Bringing {few} people from Lisbon", "Not today, in a meeting until one"],
    },
    Routine {
        room: "on-call",
        people: &["tom.okafor", "hanna.lindqvist", "jonas.weber", "pavel.sokolov", "kenji.mori"],
        from: 480,
        most: 1,
        lines: &[
            "Quiet night.",
            "One page at 03:{few}, solved itself, ticket {ref} so that it doesn't again",
            "Nothing to report",
            "Disk of archive at {few} %, still falling",
        ],
    },
];

/// A line with its numbers.
pub fn filled(line: &str, numbers: &mut Numbers) -> String {
    let price = format!("1.0{}", 690 + numbers.below(70));
    let (count, few, reference) = (100 + numbers.below(160), 2 + numbers.below(18), 1_000 + numbers.below(8_999));
    line.replace("{price}", &price).replace("{count}", &count.to_string()).replace("{few}", &few.to_string()).replace("{ref}", &reference.to_string())
}
