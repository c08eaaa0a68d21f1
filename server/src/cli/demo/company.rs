//! Who works at the sample company, and where they talk.

use stoa_domain::room::{Privacy, RoomType};

/// Sign-in name, display name.
pub const PEOPLE: &[(&str, &str)] = &[
    ("mira.kovac", "Mira Kovač"),
    ("omar.haddad", "Omar Haddad"),
    ("aiko.tanaka", "Aiko Tanaka"),
    ("jonas.weber", "Jonas Weber"),
    ("priya.nair", "Priya Nair"),
    ("lucia.ferrari", "Lucia Ferrari"),
    ("tom.okafor", "Tom Okafor"),
    ("hanna.lindqvist", "Hanna Lindqvist"),
    ("mateo.rojas", "Mateo Rojas"),
    ("grace.mbeki", "Grace Mbeki"),
    ("stefan.novak", "Štefan Novák"),
    ("ines.duarte", "Inês Duarte"),
    ("yusuf.demir", "Yusuf Demir"),
    ("claire.dubois", "Claire Dubois"),
    ("ravi.menon", "Ravi Menon"),
    ("sofia.papadaki", "Sofia Papadaki"),
    ("daniel.cohen", "Daniel Cohen"),
    ("eva.jansen", "Eva Jansen"),
    ("kenji.mori", "Kenji Mori"),
    ("nora.byrne", "Nora Byrne"),
    ("pavel.sokolov", "Pavel Sokolov"),
    ("amara.diallo", "Amara Diallo"),
    ("lena.vogt", "Lena Vogt"),
    ("samuel.adeyemi", "Samuel Adeyemi"),
    ("beatriz.silva", "Beatriz Silva"),
    ("oskar.nilsen", "Oskar Nilsen"),
];

/// Has left the company: the account is disabled.
pub const LEFT: &str = "oskar.nilsen";

/// Name, the parent's name (empty: the root), description. Parents before children.
pub const CATEGORIES: &[(&str, &str, &str)] = &[
    ("Operations", "", "Everything that keeps the business running day by day"),
    ("Trading", "Operations", "The desks"),
    ("Risk", "Operations", "Limits, exposure and controls"),
    ("Engineering", "", "Building and running our systems"),
    ("Platform", "Engineering", "Infrastructure that the other teams stand on"),
    ("Products", "Engineering", "What our clients see"),
    ("Company", "", "For everyone"),
    ("Offices", "Company", "One room an office"),
    ("Projects", "", "Work with an end"),
];

pub struct RoomPlan {
    pub name: &'static str,
    pub category: &'static str,
    pub privacy: Privacy,
    pub kind: RoomType,
    pub topic: &'static str,
    pub description: &'static str,
    /// The first one manages.
    pub people: &'static [&'static str],
    pub presenters: &'static [&'static str],
    pub disabled: bool,
}

const fn room(name: &'static str, category: &'static str, topic: &'static str, description: &'static str, people: &'static [&'static str]) -> RoomPlan {
    RoomPlan { name, category, privacy: Privacy::Open, kind: RoomType::Normal, topic, description, people, presenters: &[], disabled: false }
}

impl RoomPlan {
    const fn closed(mut self) -> Self {
        self.privacy = Privacy::Closed;
        self
    }
    const fn secret(mut self) -> Self {
        self.privacy = Privacy::Secret;
        self
    }
    const fn auditorium(mut self, presenters: &'static [&'static str]) -> Self {
        self.kind = RoomType::Auditorium;
        self.presenters = presenters;
        self
    }
    const fn disabled(mut self) -> Self {
        self.disabled = true;
        self
    }
}

const DESK: &[&str] = &["omar.haddad", "mira.kovac", "aiko.tanaka", "lucia.ferrari", "daniel.cohen", "claire.dubois", "yusuf.demir"];
const RISK: &[&str] = &["claire.dubois", "omar.haddad", "sofia.papadaki", "daniel.cohen", "grace.mbeki"];
const BUILDERS: &[&str] = &[
    "priya.nair",
    "jonas.weber",
    "tom.okafor",
    "hanna.lindqvist",
    "mateo.rojas",
    "ravi.menon",
    "kenji.mori",
    "lena.vogt",
    "samuel.adeyemi",
    "mira.kovac",
    "pavel.sokolov",
];
const ON_CALL: &[&str] = &["hanna.lindqvist", "jonas.weber", "tom.okafor", "kenji.mori", "priya.nair", "pavel.sokolov"];
const EVERYBODY: &[&str] = &[
    "nora.byrne",
    "mira.kovac",
    "omar.haddad",
    "aiko.tanaka",
    "jonas.weber",
    "priya.nair",
    "lucia.ferrari",
    "tom.okafor",
    "hanna.lindqvist",
    "mateo.rojas",
    "grace.mbeki",
    "stefan.novak",
    "ines.duarte",
    "yusuf.demir",
    "claire.dubois",
    "ravi.menon",
    "sofia.papadaki",
    "daniel.cohen",
    "eva.jansen",
    "kenji.mori",
    "pavel.sokolov",
    "amara.diallo",
    "lena.vogt",
    "samuel.adeyemi",
    "beatriz.silva",
    "oskar.nilsen",
];
const LISBON: &[&str] = &["ines.duarte", "beatriz.silva", "mateo.rojas", "ravi.menon", "nora.byrne"];
const ATLAS: &[&str] = &["eva.jansen", "mira.kovac", "priya.nair", "stefan.novak", "amara.diallo", "lena.vogt", "omar.haddad"];

pub const ROOMS: &[RoomPlan] = &[
    room("incident-bridge", "Operations", "One incident at a time. Facts here, opinions in the review.", "Where we meet when something is broken", EVERYBODY),
    room("fx-desk", "Trading", "Spot and forwards. Client names stay in the blotter.", "The foreign exchange desk", DESK),
    room("settlement", "Trading", "Cut-off 17:30. Breaks with their reference, please.", "Confirmations, breaks and cut-offs", DESK).closed(),
    room("rates-desk", "Trading", "Govies, swaps, and what the central banks do to them", "The rates desk", DESK).closed(),
    room("morning-call", "Trading", "07:45 sharp. Read here, ask in your desk's room.", "The desk heads' notes before the open", DESK).auditorium(&[
        "omar.haddad",
        "aiko.tanaka",
        "lucia.ferrari",
    ]),
    room("limits", "Risk", "Temporary increases need two names", "Limit requests and their answers", RISK).closed(),
    room(
        "exposure-review",
        "Risk",
        "Quarterly. Not to be quoted outside.",
        "The quarterly review of large exposures",
        &["claire.dubois", "sofia.papadaki", "mira.kovac"],
    )
    .secret(),
    room("release-train", "Engineering", "Leaves Tuesdays and Thursdays at 14:00", "What goes out, when, and who watches it", BUILDERS),
    room("incident-reviews", "Engineering", "Blameless. What made it possible, what makes it visible, what makes it impossible.", "After the fire", BUILDERS),
    room("code-review", "Engineering", "Second pair of eyes wanted", "Requests for review, and the interesting ones discussed", BUILDERS),
    room("on-call", "Platform", "Hand over on Mondays at 10:00", "Hand-overs and pages", ON_CALL).closed(),
    room("platform", "Platform", "Clusters, queues, databases", "Questions to the platform team, and its plans", BUILDERS),
    room(
        "security-watch",
        "Platform",
        "Need to know",
        "Reports and findings before they are fixed",
        &["priya.nair", "kenji.mori", "hanna.lindqvist", "sofia.papadaki"],
    )
    .secret(),
    room("client-portal", "Products", "Next: statements in three languages", "The portal that clients sign in to", BUILDERS),
    room(
        "design",
        "Products",
        "Show early",
        "Drafts, mock-ups, and the words on our buttons",
        &["lena.vogt", "amara.diallo", "eva.jansen", "mateo.rojas", "beatriz.silva", "mira.kovac"],
    ),
    room("announcements", "Company", "Only what everyone needs to know", "Company news", EVERYBODY).auditorium(&["nora.byrne", "grace.mbeki"]),
    room("welcome", "Company", "Say hello. No question is too small.", "For who has just started, and who remembers how that was", EVERYBODY),
    room("lunch", "Company", "12:15 at the door", "Where, and with whom", EVERYBODY),
    room(
        "works-council",
        "Company",
        "Members only, minutes in the drive",
        "The works council among itself",
        &["nora.byrne", "stefan.novak", "yusuf.demir", "eva.jansen"],
    )
    .secret(),
    room("office-lisbon", "Offices", "The lift works again", "The Lisbon office", LISBON),
    room(
        "office-zurich",
        "Offices",
        "Badge readers: ask Štefan",
        "The Zürich office",
        &["stefan.novak", "mira.kovac", "claire.dubois", "jonas.weber", "eva.jansen", "lena.vogt"],
    ),
    room("atlas", "Projects", "Go-live 12 May. Scope is closed.", "Moving the ledger to the new platform", ATLAS).closed(),
    room("old-ledger", "Projects", "Closed: see atlas", "The ledger that Atlas replaces", ATLAS).closed().disabled(),
];
