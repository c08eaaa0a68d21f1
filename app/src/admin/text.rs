//! The texts of the console, so that chat's WebAssembly doesn't have them.

use std::ops::Deref;

use stoa_domain::access::Right;
use stoa_domain::person::Role;
use stoa_domain::room::{Privacy, RoomState, RoomType, Rule};
use stoa_domain::wire::problem::{FieldError, Problem};

use crate::text::{self, Language, Text, texts};

/// The texts of this page: its own, and all others.
#[must_use]
pub fn use_text() -> &'static ConsoleText {
    of(text::use_text().language)
}

#[must_use]
pub fn of(language: Language) -> &'static ConsoleText {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
    }
}

impl Deref for ConsoleText {
    type Target = Text;
    fn deref(&self) -> &Text {
        self.language.table()
    }
}

impl ConsoleText {
    /// `12,500`, or `12.500`.
    pub fn number(&self, count: impl TryInto<u64>) -> String {
        let digits = count.try_into().unwrap_or_default().to_string();
        let mark = match self.language {
            Language::English => ',',
            Language::German => '.',
        };
        let mut out = String::with_capacity(digits.len() + digits.len() / 3);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index) % 3 == 0 {
                out.push(mark);
            }
            out.push(digit);
        }
        out
    }

    /// What is wrong with what was entered. The server says it in English; the other language has it by its code.
    pub fn field_error(&self, error: &FieldError) -> String {
        let known = match &*error.code {
            "required" => self.error_required,
            "too-long" => self.error_too_long,
            "forbidden-character" => self.error_forbidden_character,
            "taken" | "repeated" => self.error_taken,
            "too-deep" => self.error_too_deep,
            "below-itself" => self.error_below_itself,
            "out-of-range" => self.error_out_of_range,
            "unknown" => self.error_unknown,
            "wrong-kind" => self.error_wrong_kind,
            "too-many" => self.error_too_many,
            "not-an-address" => self.error_not_an_address,
            "not-a-domain" => self.error_not_a_domain,
            "never-wider" => self.error_never_wider,
            "nothing-to-inherit" => self.error_nothing_to_inherit,
            "to-come" => self.error_to_come,
            // A refused call of a preview has the problem's own word.
            slug => self.problem_of(slug).unwrap_or_default(),
        };
        if self.language == Language::English || known.is_empty() { error.message.clone() } else { known.to_owned() }
    }

    /// What went wrong, and if something was entered, what of it.
    pub fn told(&self, problem: &Problem) -> String {
        problem.errors.first().map_or_else(|| self.problem(problem), |error| self.field_error(error))
    }

    pub fn role(&self, role: Role) -> &'static str {
        match role {
            Role::Administrator => self.administrators,
            Role::UserAdministrator => self.user_administrators,
            Role::Auditor => self.auditors,
            Role::ComplianceOfficer => self.compliance_officers,
        }
    }

    pub fn role_help(&self, role: Role) -> &'static str {
        match role {
            Role::Administrator => self.administrators_help,
            Role::UserAdministrator => self.user_administrators_help,
            Role::Auditor => self.auditors_help,
            Role::ComplianceOfficer => self.compliance_officers_help,
        }
    }

    pub fn list(&self, word: &str) -> &'static str {
        match word {
            "members" => self.members,
            "managers" => self.managers,
            "presenters" => self.presenters,
            "excluded" => self.excluded,
            "allowed" => self.allowed,
            "denied" => self.denied,
            "creators" => self.creators,
            _ => "",
        }
    }

    pub fn rule(&self, rule: Rule) -> &'static str {
        match rule {
            Rule::AccountDisabled => self.rule_account_disabled,
            Rule::Denied => self.rule_denied,
            Rule::OutOfScope => self.rule_out_of_scope,
            Rule::Excluded => self.rule_excluded,
            Rule::RoomDisabled => self.rule_room_disabled,
            Rule::NotAMember => self.rule_not_a_member,
            Rule::Allowed => self.rule_allowed,
            Rule::Open => self.rule_open,
            Rule::Member => self.rule_member,
            Rule::Presenter => self.rule_presenter,
            Rule::Manager => self.rule_manager,
            Rule::CategoryManager => self.rule_category_manager,
            Rule::Creator => self.rule_creator,
            Rule::Administrator => self.rule_administrator,
            Rule::Auditor => self.rule_auditor,
        }
    }

    pub fn right(&self, right: Right) -> &'static str {
        match right.as_str() {
            "find" => self.right_find,
            "see_members" => self.right_see_members,
            "enter" => self.right_enter,
            "post" => self.right_post,
            "ask" => self.right_ask,
            "manage" => self.right_manage,
            _ => self.right_see_in_console,
        }
    }

    pub fn privacy_word(&self, privacy: Privacy) -> &'static str {
        match privacy {
            Privacy::Open => self.open,
            Privacy::Closed => self.closed,
            Privacy::Secret => self.secret,
        }
    }

    pub fn type_word(&self, kind: RoomType) -> &'static str {
        match kind {
            RoomType::Normal => self.normal,
            RoomType::Auditorium => self.auditorium,
        }
    }

    pub fn state_word(&self, state: RoomState) -> &'static str {
        match state {
            RoomState::Active => self.active,
            RoomState::Disabled => self.disabled,
        }
    }
}

texts! { ConsoleText {
    skip_to_content: "Skip to the content", "Zum Inhalt springen";
    overview: "Overview", "Übersicht";
    categories: "Categories", "Kategorien";
    rooms: "Rooms", "Räume";
    messages: "Messages", "Nachrichten";
    quarantine: "Quarantine", "Quarantäne";
    people: "People", "Personen";
    groups: "Groups", "Gruppen";
    units: "Units", "Einheiten";
    domains: "Federated domains", "Verbundene Domänen";
    roles: "Roles", "Rollen";
    pool: "Pool", "Pool";
    settings: "Settings", "Einstellungen";
    audit: "Audit log", "Prüfprotokoll";

    // Everywhere
    search: "Search", "Suchen";
    next_page: "Next page", "Nächste Seite";
    show_more: "Show more", "Mehr zeigen";
    apply: "Apply and record", "Anwenden und festhalten";
    done: "Done and recorded.", "Erledigt und festgehalten.";
    review: "Review and apply…", "Prüfen und anwenden …";
    remove: "Remove", "Entfernen";
    remove_named: "Remove {}", "{} entfernen";
    name: "Name", "Name";
    email: "E-mail", "E-Mail";
    password: "Password", "Passwort";
    active: "active", "aktiv";
    disabled: "disabled", "abgeschaltet";
    enable: "Enable", "Einschalten";
    disable: "Disable", "Abschalten";
    move_to: "Move…", "Verschieben …";
    inherit: "Inherit", "Erben";
    on: "On", "An";
    off: "Off", "Aus";
    until: "until", "bis";
    ended: "ended", "abgelaufen";
    everyone: "Everyone (all internal people)", "Alle (alle internen Personen)";
    gone: "no longer there", "nicht mehr da";
    the_pool: "the pool", "dem Pool";
    not_yours: "You see that this exists; its lists are for who manages it.", "Du siehst, dass es das gibt; seine Listen sind für die, die es verwalten.";
    nothing_here: "There is nothing here.", "Hier ist nichts.";
    trouble: "This page can't be shown", "Diese Seite lässt sich nicht zeigen";
    may_not: "This part of the administration isn't for you.", "Dieser Teil der Verwaltung ist nicht für dich.";
    page_missing: "There is no such page", "Diese Seite gibt es nicht";

    // Changes
    discard: "Discard", "Verwerfen";
    working: "Working: {} of {}", "In Arbeit: {} von {}";
    type_name: "Type “{}” to confirm", "Zur Bestätigung „{}“ eingeben";
    working_out: "Working out who is affected…", "Es wird ermittelt, wen das betrifft …";
    nobody_affected: "Nobody gains or loses access.", "Niemand gewinnt oder verliert Zugang.";
    lose_access: "lose access", "verlieren Zugang";
    gain_access: "gain access", "gewinnen Zugang";
    rooms_touched: "rooms touched", "Räume betroffen";
    affected: "Who is affected", "Wen es betrifft";
    loses: "loses: {}", "verliert: {}";
    gains: "gains: {}", "gewinnt: {}";
    conflict_changed: "Somebody else has changed this meanwhile.", "Das hat inzwischen jemand anders geändert.";
    conflict_gone: "Somebody else has removed this meanwhile.", "Das hat inzwischen jemand anders entfernt.";
    field: "What", "Was";
    you_saw: "You saw", "Du hast gesehen";
    now_is: "It is now", "Jetzt ist es";
    yours: "Yours", "Deines";
    take_over: "Keep theirs", "Die andere Änderung behalten";
    redo_mine: "Make mine all the same", "Meine trotzdem machen";

    // Lists
    members: "Members", "Mitglieder";
    managers: "Managers", "Verwaltende";
    presenters: "Presenters", "Vortragende";
    excluded: "Excluded", "Ausgeschlossen";
    allowed: "Allowed", "Zugelassen";
    denied: "Denied", "Abgewiesen";
    creators: "Creators", "Anlegende";
    list_empty: "Nobody is on this list.", "Auf dieser Liste steht niemand.";
    find_in_list: "Find in this list", "In dieser Liste suchen";
    only_idle: "Only without effect", "Nur ohne Wirkung";
    shown_of: "{} of {} shown", "{} von {} gezeigt";
    without_effect: "without effect: {}", "ohne Wirkung: {}";
    idle_gone: "no longer there", "nicht mehr da";
    idle_empty: "nobody is in it", "niemand darin";
    idle_disabled: "account disabled", "Konto abgeschaltet";
    idle_out_of_scope: "not in scope", "nicht im Geltungsbereich";
    idle_excluded: "excluded from this room", "von diesem Raum ausgeschlossen";
    add_who: "Add people, groups, units or domains", "Personen, Gruppen, Einheiten oder Domänen hinzufügen";
    add_people: "Add people or groups", "Personen oder Gruppen hinzufügen";
    until_optional: "until (optional)", "bis (freiwillig)";
    paste_many: "Paste many…", "Viele einfügen …";
    paste_help: "One address, sign-in name or group a line", "Je Zeile eine Adresse, ein Anmeldename oder eine Gruppe";
    take_known: "Take the known ones", "Die bekannten übernehmen";
    pasted: "{} taken.", "{} übernommen.";
    pasted_unknown: "{} taken; {} aren't known and stay here.", "{} übernommen; {} sind unbekannt und bleiben hier stehen.";
    pending: "{} to add, {} to remove", "{} kommen hinzu, {} gehen";
    leaving: "goes", "geht";
    coming: "comes", "kommt hinzu";
    n_found: "{} found", "{} gefunden";

    // Why
    at_place: "in", "in";
    on_list_of: " on the list “{}” of ", " auf der Liste „{}“ von ";
    rule_account_disabled: "The account is disabled", "Das Konto ist abgeschaltet";
    rule_denied: "Denied", "Abgewiesen";
    rule_out_of_scope: "Not in scope", "Nicht im Geltungsbereich";
    rule_excluded: "Excluded", "Ausgeschlossen";
    rule_room_disabled: "The room is disabled", "Der Raum ist abgeschaltet";
    rule_not_a_member: "Not a member", "Kein Mitglied";
    rule_allowed: "Allowed", "Zugelassen";
    rule_open: "The room is open", "Der Raum ist offen";
    rule_member: "Member", "Mitglied";
    rule_presenter: "Presenter", "Vortragend";
    rule_manager: "Manager", "Verwaltend";
    rule_category_manager: "Manager of the category", "Verwaltend in der Kategorie";
    rule_creator: "Creates rooms", "Legt Räume an";
    rule_administrator: "Administrator", "Administration";
    rule_auditor: "Auditor", "Prüfend";
    right_find: "find", "finden";
    right_see_members: "see members", "Mitglieder sehen";
    right_enter: "enter", "betreten";
    right_post: "post", "schreiben";
    right_ask: "ask to join", "um Zugang bitten";
    right_manage: "manage", "verwalten";
    right_see_in_console: "see in the console", "in der Verwaltung sehen";

    // Categories
    find_category: "Find a category", "Kategorie suchen";
    new_category: "New category", "Neue Kategorie";
    tab_settings: "Settings", "Einstellungen";
    tab_scope: "Scope", "Geltungsbereich";
    tab_managers: "Managers and creators", "Verwaltende und Anlegende";
    tab_members: "Default members", "Vorgegebene Mitglieder";
    tab_rooms: "Rooms", "Räume";
    tab_history: "History", "Verlauf";
    tab_whom: "Who gets in", "Wer hineinkommt";
    ask_category: "Is somebody let in here, and why?", "Wird jemand hier eingelassen, und warum?";
    all_who_pass: "Everyone who is let in", "Alle, die eingelassen werden";
    passing_help: "Whom this category lets into rooms that stand in it. Into closed and secret rooms the rooms' own lists lead.", "Wen diese Kategorie in Räume einlässt, die in ihr stehen. In geschlossene und geheime Räume führen deren eigene Listen.";
    people_pass: "people are let in here", "Personen werden hier eingelassen";
    by_level: "Level by level", "Ebene für Ebene";
    who_passes: "Who is let in", "Wer eingelassen wird";
    list_word: "List", "Liste";
    names_people: "Names people", "Nennt Personen";
    of_them_pass: "of whom are let in", "davon eingelassen";
    level_not_yours: "Its lists are for who manages it.", "Ihre Listen sind für die, die sie verwalten.";
    is_let_in: "let in", "eingelassen";
    is_kept_out: "kept out", "nicht eingelassen";
    enters_of: "May enter {} of {} rooms here and below.", "Darf {} von {} Räumen hier und darunter betreten.";
    which_rooms: "Which, and why", "Welche, und warum";
    scope: "Scope", "Geltungsbereich";
    scope_inherit: "As above: all internal people whom the levels above let in", "Wie darüber: alle internen Personen, die die Ebenen darüber einlassen";
    scope_list: "Only those on the allowed list", "Nur wer auf der Liste der Zugelassenen steht";
    allowed_help: "Whom this category lets into any room below it. It can only narrow what the levels above allow.", "Wen diese Kategorie in die Räume darunter lässt. Sie kann nur einengen, was die Ebenen darüber zulassen.";
    allowed_unused: "This list has no effect while the scope is as above.", "Diese Liste hat keine Wirkung, solange der Geltungsbereich wie darüber ist.";
    denied_help: "Denied people stay out at every level below, whatever else lets them in.", "Abgewiesene bleiben auf jeder Ebene darunter draußen, was immer sie sonst einlässt.";
    managers_help: "They manage this category and everything below it.", "Sie verwalten diese Kategorie und alles darunter.";
    creators_help: "They create rooms here and below, and become their managers.", "Sie legen hier und darunter Räume an und verwalten diese dann.";
    default_members_help: "Members of every room below that inherits its members.", "Mitglieder jedes Raums darunter, der seine Mitglieder erbt.";
    inherit_members_above: "The default members of the level above count here, too", "Die vorgegebenen Mitglieder der Ebene darüber zählen auch hier";
    invitations: "Invitations", "Einladungen";
    files: "File posting", "Dateien posten";
    history: "Chat history", "Chatverlauf";
    locked: "locked for everything below", "für alles darunter gesperrt";
    effective_on: "on, from {}", "an, von {}";
    effective_off: "off, from {}", "aus, von {}";
    limits: "What files may take", "Was Dateien belegen dürfen";
    limits_help: "What is left empty is as above, and nothing is ever more than above.", "Was leer bleibt, ist wie darüber; mehr als darüber ist es nie.";
    limit_file: "Largest file", "Größte Datei";
    limit_room: "All files of the room", "Alle Dateien des Raums";
    limit_rooms: "All files of each room", "Alle Dateien jedes Raums";
    limit_pool: "All files of all rooms", "Alle Dateien aller Räume";
    at_most_from: "at most {}, from {}", "höchstens {}, von {}";
    unlimited: "without a limit", "ohne Grenze";
    empty_unlimited: "empty: without a limit", "leer: ohne Grenze";
    locked_by: "{} has locked this: what is set here has no effect", "{} hat das gesperrt: Was hier gesetzt ist, hat keine Wirkung";
    remove_category: "Remove category", "Kategorie entfernen";
    remove_category_text: "Only an empty category can be removed.", "Nur eine leere Kategorie lässt sich entfernen.";
    parent: "Below", "Unter";
    n_rooms_below: "{} rooms here and below", "{} Räume hier und darunter";
    tree: "Category tree", "Kategorienbaum";
    move_category: "Move {}", "{} verschieben";
    move_text: "Everything below goes with it; its scope and default members follow the new place.", "Alles darunter geht mit; Geltungsbereich und vorgegebene Mitglieder folgen dem neuen Ort.";

    // Rooms
    new_room: "New room", "Neuer Raum";
    create: "Create", "Anlegen";
    category: "Category", "Kategorie";
    state: "State", "Zustand";
    type_short: "Type", "Art";
    last_activity: "Last activity", "Zuletzt aktiv";
    n_messages: "Messages", "Nachrichten";
    any: "any", "beliebig";
    no_rooms_found: "No room fits.", "Kein Raum passt.";
    csv: "CSV", "CSV";
    room_members: "Members", "Mitglieder";
    room_managers: "Managers and presenters", "Verwaltende und Vortragende";
    room_access: "Who can enter", "Wer hineinkommt";
    room_requests: "Requests", "Anfragen";
    members_help: "Who may read here, beside those whom the category brings if the room inherits its members.", "Wer hier lesen darf, neben denen, die die Kategorie mitbringt, wenn der Raum seine Mitglieder erbt.";
    excluded_help: "They stay out of this room whatever else lets them in.", "Sie bleiben diesem Raum fern, was immer sie sonst einlässt.";
    room_managers_help: "They change every setting and list of the room.", "Sie ändern jede Einstellung und Liste des Raums.";
    presenters_help: "In an auditorium only they write.", "In einem Auditorium schreiben nur sie.";
    presenters_unused: "Presenters matter only in an auditorium; they may enter all the same.", "Vortragende zählen nur in einem Auditorium; eintreten dürfen sie trotzdem.";
    inherit_members: "The category's default members are members here, too", "Die vorgegebenen Mitglieder der Kategorie sind auch hier Mitglieder";
    disable_room: "Disable # {}", "# {} abschalten";
    disable_room_text: "Everyone is disconnected from the room at once, and nobody enters until it is enabled again. Settings and messages are kept.", "Alle werden sofort vom Raum getrennt, und niemand kommt hinein, bis er wieder eingeschaltet wird. Einstellungen und Nachrichten bleiben.";
    enable_room: "Enable # {}", "# {} einschalten";
    delete_room: "Delete # {}", "# {} löschen";
    delete_room_text: "The room is gone for everyone. What was said stays in the archive.", "Der Raum ist für alle weg. Was gesagt wurde, bleibt im Archiv.";
    delete: "Delete", "Löschen";
    move_room: "Move # {}", "# {} verschieben";
    clean_up: "Clean up messages", "Nachrichten aufräumen";
    open_in_chat: "Open in chat", "Im Chat öffnen";
    ask_person: "Why is somebody in, or not?", "Warum ist jemand drin, oder nicht?";
    nobody_enters: "Nobody can enter.", "Niemand kommt hinein.";
    person: "Person", "Person";
    may_enter: "may enter", "darf hinein";
    may_not_enter: "may not enter", "darf nicht hinein";
    all_who_enter: "Everyone who can enter", "Alle, die hineinkommen";
    created: "Created", "Angelegt";
    more_filters: "More filters", "Mehr Filter";
    more_filters_set: "More filters ({} set)", "Mehr Filter ({} gesetzt)";
    clear_filters: "Clear filters", "Filter löschen";
    with_below: "and all categories below", "und alle Kategorien darunter";
    managed_by: "Managed by", "Verwaltet von";
    with_member: "Whose people include", "Zu deren Personen gehört";
    active_after: "Last active since", "Zuletzt aktiv seit";
    active_before: "Nothing said since", "Nichts gesagt seit";
    min_messages: "At least so many messages", "Mindestens so viele Nachrichten";
    select_all: "Select all on this page", "Alle auf dieser Seite auswählen";
    room_word: "Room", "Raum";
    all_files: "Files", "Dateien";
    by_room: "By room", "Nach Raum";
    by_category: "By category", "Nach Kategorie";
    by_person: "By person", "Nach Person";
    storage: "{} in {}", "{} in {}";
    storage_of: "{} of {} in {}", "{} von {} in {}";
    kind_of_file: "Type", "Art";
    kind_images: "Images", "Bilder";
    kind_videos: "Videos", "Videos";
    kind_audio: "Audio", "Audio";
    kind_texts: "Texts", "Texte";
    kind_others: "Documents and others", "Dokumente und andere";
    uploaded_by: "Uploaded by", "Hochgeladen von";
    no_files: "There are no such files.", "Es gibt keine solchen Dateien.";
    size: "Size", "Größe";
    age: "Uploaded", "Hochgeladen";
    to_message: "To its message", "Zur Nachricht";
    not_posted: "not posted", "nicht gepostet";
    file_unnamed: "in a room that you may not read", "in einem Raum, den du nicht lesen darfst";
    file_hidden: "message deleted", "Nachricht gelöscht";
    file_lost: "lost", "verloren";
    remove_file_text: "Nobody can open it from now on; in its message stands that a file was removed. Its content goes when the archive has it and no legal hold keeps it. This can't be undone.", "Von jetzt an kann sie niemand öffnen; in ihrer Nachricht steht, dass eine Datei entfernt wurde. Ihr Inhalt geht, wenn das Archiv ihn hat und keine Aufbewahrungspflicht ihn hält. Das lässt sich nicht rückgängig machen.";
    in_quarantine: "in quarantine", "in Quarantäne";
    nearly_full: "nearly full", "fast voll";
    select_matching: "Select all {} that match", "Alle {} passenden auswählen";
    select_first: "Select the first {}", "Die ersten {} auswählen";
    select_none: "Select none", "Keine auswählen";
    bulk_title: "Change {} rooms", "{} Räume ändern";
    bulk_change: "Change…", "Ändern …";
    bulk_move: "Move to a category", "In eine Kategorie verschieben";
    bulk_move_to: "Move to {}", "Nach {} verschieben";
    bulk_people: "Members and managers", "Mitglieder und Verwaltende";
    bulk_add_member: "Add a member", "Mitglied hinzufügen";
    bulk_take_member: "Remove a member", "Mitglied entfernen";
    bulk_add_manager: "Add a manager", "Verwaltende hinzufügen";
    bulk_take_manager: "Remove a manager", "Verwaltende entfernen";
    bulk_add: "Add {} to: {}", "{} hinzufügen zu: {}";
    bulk_take: "Remove {} from: {}", "{} entfernen aus: {}";
    bulk_nothing: "They are so already.", "Sie sind schon so.";
    bulk_partly: "{} done; {} refused:", "{} erledigt; {} abgelehnt:";
    bulk_refused: "Refused", "Abgelehnt";
    bulk_would_refuse: "These would be refused, the numbers are without them:", "Diese würden abgelehnt, die Zahlen sind ohne sie:";
    working_label: "Progress", "Fortschritt";
    selected: "{} selected", "{} ausgewählt";
    select_named: "Select {}", "{} auswählen";

    clear_history: "Clear history…", "Verlauf leeren …";
    clear_room: "Clear the history of # {}", "Den Verlauf von # {} leeren";
    clear_help: "Hides all messages that were posted before a day. It can be undone for a while; the archive keeps everything.", "Verbirgt alle Nachrichten, die vor einem Tag geschrieben wurden. Eine Weile lässt sich das zurücknehmen; das Archiv behält alles.";
    clear_before: "Everything before", "Alles vor dem";
    clear_text: "{} messages are hidden.", "{} Nachrichten werden verborgen.";
    day_needed: "Say a day.", "Sag einen Tag.";

    // What is wrong with what was entered
    error_required: "This is needed.", "Das wird gebraucht.";
    error_too_long: "This is too long.", "Das ist zu lang; Namen haben höchstens 256 Zeichen, Beschreibungen 2000.";
    error_forbidden_character: "Control characters and characters that turn the direction of text are not allowed.", "Steuerzeichen und Zeichen, die die Richtung von Text drehen, sind nicht erlaubt.";
    error_taken: "This is taken.", "Das ist schon vergeben.";
    error_too_deep: "This nests too deep.", "Das ist zu tief verschachtelt.";
    error_below_itself: "It can't stand below itself.", "Es kann nicht unter sich selbst stehen.";
    error_out_of_range: "This is out of range.", "Das liegt außerhalb des Möglichen.";
    error_unknown: "This isn't known.", "Das ist nicht bekannt.";
    error_wrong_kind: "Only people and groups can stand here.", "Hier können nur Personen und Gruppen stehen.";
    error_too_many: "These are too many.", "Das sind zu viele.";
    error_not_an_address: "This is no address.", "Das ist keine Adresse.";
    error_not_a_domain: "This is no domain.", "Das ist keine Domäne.";
    error_never_wider: "A room inherits the setting of its category or turns it off.", "Ein Raum erbt die Einstellung seiner Kategorie oder schaltet sie ab.";
    error_nothing_to_inherit: "There is nothing to inherit from.", "Es gibt nichts zu erben.";
    error_to_come: "What will be nobody knows.", "Was kommt, weiß niemand.";

    // People
    add_person: "Add a person", "Person hinzufügen";
    add: "Add", "Hinzufügen";
    display_name: "Full name", "Voller Name";
    sign_in_name: "Sign-in name", "Anmeldename";
    password_hint: "At least 10 characters; without one nobody signs in until it is set.", "Mindestens 10 Zeichen; ohne meldet sich niemand an, bis eines gesetzt ist.";
    new_password: "New password", "Neues Passwort";
    password_ends: "Ends all their sessions.", "Beendet alle Sitzungen.";
    set_password: "Set password", "Passwort setzen";
    last_sign_in: "Last signed in", "Zuletzt angemeldet";
    never: "never", "nie";
    nobody_found: "Nobody is called that.", "So heißt niemand.";
    disable_person: "Disable {}", "{} abschalten";
    disable_person_text: "They are signed out everywhere and can't sign in until they are enabled again. Nothing of theirs is deleted.", "Alle Sitzungen enden, und niemand meldet sich damit an, bis das Konto wieder eingeschaltet wird. Nichts wird gelöscht.";
    enable_person: "Enable {}", "{} einschalten";
    profile: "Profile", "Profil";
    sign_in_state: "Sign-in", "Anmeldung";
    sign_out_everywhere: "Sign out everywhere", "Überall abmelden";
    holds_roles: "Roles", "Rollen";
    no_roles: "none", "keine";
    reaches: "What they reach", "Was erreichbar ist";

    // Groups, roles
    new_group: "New group", "Neue Gruppe";
    no_groups: "There are no groups that are called that.", "So heißt keine Gruppe.";
    n_people: "People", "Personen";
    group_members: "Members", "Mitglieder";
    group_members_help: "People, and groups whose people count too.", "Personen und Gruppen, deren Personen mitzählen.";
    delete_group: "Delete {}", "{} löschen";
    delete_group_text: "Lists that name it keep the entry without effect.", "Listen, die sie nennen, behalten den Eintrag ohne Wirkung.";
    administrators: "Administrators", "Administration";
    administrators_help: "Everything in the console. One enabled person has to hold this directly and without end.", "Alles in der Verwaltung. Eine eingeschaltete Person muss sie unmittelbar und ohne Ende innehaben.";
    user_administrators: "User administrators", "Personenverwaltung";
    user_administrators_help: "People, groups and sign-in; no rooms, no settings, nobody who holds a role.", "Personen, Gruppen und Anmeldung; keine Räume, keine Einstellungen, niemand mit einer Rolle.";
    auditors: "Auditors", "Prüfung";
    auditors_help: "See the whole console and the audit log, change nothing.", "Sehen die ganze Verwaltung und das Protokoll, ändern nichts.";
    compliance_officers: "Compliance officers", "Compliance";
    new_unit: "New unit", "Neue Einheit";
    no_units: "There are no units that are called that.", "So heißt keine Einheit.";
    units_help: "Organisational units: a list that names one names everybody in it and below it.", "Organisatorische Einheiten: Eine Liste, die eine nennt, nennt alle darin und darunter.";
    top: "at the top", "ganz oben";
    rename: "Rename", "Umbenennen";
    rename_named: "Rename {}", "{} umbenennen";
    new_domain: "New domain", "Neue Domäne";
    no_domains: "No partner's domain is called that.", "So heißt keine Domäne eines Partners.";
    domains_help: "Partners by their domains. A category lets them in by name at every level, never by inheritance.", "Partner nach ihren Domänen. Eine Kategorie lässt sie auf jeder Ebene namentlich ein, nie durch Erben.";
    dns_name: "In the DNS", "Im DNS";

    // The audit log
    action: "Action", "Vorgang";
    action_hint: "Action, such as room.", "Vorgang, etwa room.";
    object: "Object", "Gegenstand";
    object_hint: "Object, such as room:ID", "Gegenstand, etwa room:ID";
    from: "From", "Von";
    to: "To", "Bis";
    no_records: "No record fits.", "Kein Eintrag passt.";
    the_server: "the server", "der Server";
    from_where: "From where", "Woher";
    changes: "Changes", "Änderungen";
    before: "Before", "Vorher";
    after: "After", "Nachher";
    chain: "In the chain", "In der Kette";
    linked: "at {}, hash {}…", "an Stelle {}, Hash {} …";
    not_linked: "not yet", "noch nicht";
    verify: "Verify", "Prüfen";
    verifying: "{} records looked through…", "{} Einträge durchgesehen …";
    broken: "The log isn't whole: {}", "Das Protokoll ist nicht heil: {}";
    whole: "The log is whole: {} records.", "Das Protokoll ist heil: {} Einträge.";
    note_head: "Note its head, to compare with it later:", "Notiere seinen Kopf, um später damit zu vergleichen:";
    noted_head: "A head noted earlier (optional)", "Ein früher notierter Kopf (freiwillig)";

    // Messages
    messages_help: "Finds messages in rooms, and hides or replaces them. What is hidden can be brought back for a while; the archive keeps everything.", "Findet Nachrichten in Räumen und verbirgt oder ersetzt sie. Verborgenes lässt sich eine Weile zurückholen; das Archiv behält alles.";
    words: "Words", "Wörter";
    words_hint: "All of them stand in the message, whole.", "Alle stehen in der Nachricht, als ganze.";
    author: "Author", "Von wem";
    authors: "Authors", "Verfassende";
    rooms_hint: "Addresses or ids of rooms; empty for all.", "Adressen oder Kennungen von Räumen; leer für alle.";
    category_hint: "Address or id of a category, with all below it; empty for all.", "Adresse oder Kennung einer Kategorie mit allem darunter; leer für alle.";
    before_day: "Before", "Vor";
    action_find: "Find", "Finden";
    action_remove: "Remove", "Entfernen";
    action_replace: "Replace by a text", "Durch einen Text ersetzen";
    action_clear: "Clear", "Leeren";
    replacement: "Text that stands in their place", "Text, der an ihrer Stelle steht";
    dry_run: "Look first", "Erst ansehen";
    result: "What was found", "Was gefunden wurde";
    act_text: "{} messages in {} rooms.", "{} Nachrichten in {} Räumen.";
    act_on: "Apply to {} messages…", "Auf {} Nachrichten anwenden …";
    not_readable: "you may not read it", "du darfst ihn nicht lesen";
    queries: "Queries so far", "Bisherige Abfragen";
    no_queries: "There are none yet.", "Es gibt noch keine.";
    when: "When", "Wann";
    who: "Who", "Wer";
    n_rooms_short: "Rooms", "Räume";
    undo: "Undo", "Rückgängig";
    undo_text: "Everything that it hid is shown again.", "Alles, was sie verborgen hat, wird wieder gezeigt.";
    progress: "{} of {}", "{} von {}";
    state_done: "done", "erledigt";
    state_undone: "undone", "rückgängig gemacht";
    state_erased: "erased for good", "endgültig gelöscht";

    // Settings
    pool_name: "The pool's name", "Name des Pools";
    days: "days", "Tage";
    hours: "hours", "Stunden";
    minutes: "minutes", "Minuten";
    seconds: "seconds", "Sekunden";
    unit_word: "unit", "Einheit";
    characters: "Characters", "Zeichen";
    bytes: "Bytes", "Bytes";
    set_edit_window: "How long authors can edit", "Wie lange man Eigenes bearbeiten kann";
    set_undo_window: "How long a clean-up can be undone", "Wie lange ein Aufräumen zurückgenommen werden kann";
    set_message_limit: "Longest chat message", "Längste Chatnachricht";
    set_story_offer: "From here on a story is offered", "Ab hier wird ein Beitrag angeboten";
    set_story_limit: "Longest story", "Längster Beitrag";
    set_history_chunk: "Messages that a room opens with", "Nachrichten, mit denen ein Raum aufgeht";
    set_participant_limit: "People up to whom comings and goings are told", "Personen, bis zu denen Kommen und Gehen erzählt wird";
    set_password_min_length: "Shortest password", "Kürzestes Passwort";
    set_session_idle: "A session ends unused after", "Eine Sitzung endet ungenutzt nach";
    set_session_lifetime: "and at the latest after", "und spätestens nach";
    set_sign_in_failures: "Failed sign-ins before waiting", "Fehlversuche, bevor gewartet wird";
    set_operations: "Operations per second and person", "Vorgänge je Sekunde und Person";
    set_burst: "Operations that may come at once", "Vorgänge, die auf einmal kommen dürfen";
    set_rooms_per_socket: "Rooms that one connection may join", "Räume je Verbindung";
    disk_free: "{} of {} free", "{} von {} frei";
    n_disabled: "{} disabled", "{} abgeschaltet";
    online: "Online now", "Jetzt da";
    n_connections: "{} connections here", "{} Verbindungen hier";
    posts_last_hour: "Posts in the last hour", "Beiträge in der letzten Stunde";
    posts_per_minute: "Posts per minute", "Beiträge je Minute";
    chart_of: "{} posts in the last hour, at most {} in a minute", "{} Beiträge in der letzten Stunde, höchstens {} in einer Minute";
    database: "Database", "Datenbank";
    archive_queue: "Waiting for the archive", "Warten auf das Archiv";
    archive_queue_help: "records", "Einträge";
    version: "Version", "Version";
    running_since: "Running since", "Läuft seit";
    quarantine_help: "Files in which the scanner found malware, or at which it can't look. Nobody can read them.", "Dateien, in denen der Scanner Schadsoftware gefunden hat oder die er nicht prüfen kann. Niemand kann sie lesen.";
    withheld: "Withheld", "Zurückgehalten";
    being_checked: "Being checked", "In Prüfung";
    nothing_withheld: "Nothing is withheld.", "Nichts wird zurückgehalten.";
    nothing_waits: "Nothing waits for the scanner.", "Nichts wartet auf den Scanner.";
    room: "Room", "Raum";
    found: "Found", "Gefunden";
    held_infected: "Malware", "Schadsoftware";
    held_unscannable: "Can't be checked", "Nicht prüfbar";
    checked_again: "It is being checked again.", "Sie wird erneut geprüft.";
    n_tries: "{} tries have failed.", "{} Versuche sind gescheitert.";
    no_scanner: "No scanner is set up: files aren't checked for malware.", "Kein Scanner ist eingerichtet: Dateien werden nicht auf Schadsoftware geprüft.";
    scanner_there: "The scanner answers: {}.", "Der Scanner antwortet: {}.";
    n_passed: "{} files can be read though they weren't checked.", "{} Dateien sind lesbar, obwohl sie nicht geprüft wurden.";
    scanner_away: "The scanner hasn't answered since", "Der Scanner antwortet nicht seit";
    scanner_holds: "New files are held back until it does.", "Neue Dateien werden bis dahin zurückgehalten.";
    scanner_passes: "New files can be read meanwhile, and are checked later.", "Neue Dateien sind solange lesbar und werden später geprüft.";
    rescan: "Check again", "Erneut prüfen";
    rescan_named: "Check {} again", "{} erneut prüfen";
    rescan_many: "Check files again", "Dateien erneut prüfen";
    rescan_since: "Posted since", "Gepostet seit";
    rescan_since_hint: "Leave it empty for all files.", "Leer lassen für alle Dateien.";
    rescan_text: "They can be read meanwhile. What an administrator has released isn't checked again.", "Sie bleiben solange lesbar. Was freigegeben wurde, wird nicht erneut geprüft.";
    delete_for_good: "Delete for good", "Endgültig löschen";
    delete_named: "Delete {} for good", "{} endgültig löschen";
    delete_text: "The content can't be brought back. The message goes on saying that a file was withheld.", "Der Inhalt lässt sich nicht wiederherstellen. In der Nachricht steht weiter, dass eine Datei zurückgehalten wurde.";
    release: "Release", "Freigeben";
    release_named: "Release {}", "{} freigeben";
    release_text: "Everybody in the room can read the file from then on. Who released it, and why, stands in the audit log.", "Alle im Raum können die Datei dann lesen. Wer sie warum freigegeben hat, steht im Prüfprotokoll.";
    reason: "Reason", "Begründung";
    reason_hint: "At most 500 characters.", "Höchstens 500 Zeichen.";
    set_file_types: "Types of files that may be posted", "Arten von Dateien, die gepostet werden dürfen";
    set_file_types_help: "such as image/*, application/pdf; empty: any", "etwa image/*, application/pdf; leer: jede";
    set_unscanned: "Files that weren't checked for malware", "Dateien, die nicht auf Schadsoftware geprüft wurden";
    unscanned_hold: "Hold back", "Zurückhalten";
    unscanned_pass: "Let pass, and check later", "Durchlassen und später prüfen";
    set_rescan_days: "Check files of so many days again with new signatures", "Dateien so vieler Tage mit neuen Signaturen erneut prüfen";
    no_requests: "Nobody has asked to join.", "Niemand hat um Zugang gebeten.";
    said: "What they said", "Was dazu gesagt wurde";
    let_in_do: "Let in", "Hereinlassen";
    let_in_named: "Let {} in", "{} hereinlassen";
    refuse: "Refuse", "Ablehnen";
    refuse_named: "Refuse {}", "{} ablehnen";
    let_in: "was let in", "wurde hereingelassen";
    refused: "was refused", "wurde abgelehnt";
    as_of: "As of the end of", "Am Ende von";
    show: "Show", "Zeigen";
    unit: "Unit", "Einheit";
    partner_domain: "Partner’s domain (makes a federated account)", "Domäne eines Partners (macht ein verbundenes Konto)";
    in_groups: "Groups", "Gruppen";
    through: "through {}", "durch {}";
    reaches_nothing: "No room.", "Kein Raum.";
    sign_out_text: "All their sessions end at once.", "Alle Sitzungen enden sofort.";
    import: "Import…", "Importieren …";
    import_title: "Import people", "Personen importieren";
    import_help: "A CSV file with the columns name, display_name, email, unit, groups, in any order.", "Eine CSV-Datei mit den Spalten name, display_name, email, unit, groups in beliebiger Reihenfolge.";
    file: "File", "Datei";
    check_file: "Check the file", "Datei prüfen";
    import_now: "Import", "Importieren";
    import_rest: "Import the others", "Die übrigen importieren";
    import_counts: "{} new, {} changed, {} as they are, {} refused", "{} neu, {} geändert, {} unverändert, {} abgelehnt";
    import_done: "Imported: {} new, {} changed.", "Importiert: {} neu, {} geändert.";
    line: "Line", "Zeile";
    column: "Column", "Spalte";
    problem_word: "Problem", "Problem";
    all_right: "Nothing needs your attention.", "Nichts braucht deine Aufmerksamkeit.";
    compliance_officers_help: "Search, hold and export the archive; nothing else.", "Durchsuchen, sperren und exportieren das Archiv; sonst nichts.";
    --
    bulk_n_rooms: "{} room is changed.", "{} rooms are changed.", "{} Raum wird geändert.", "{} Räume werden geändert.";
    bulk_n_done: "{} is so already.", "{} are so already.", "{} ist schon so.", "{} sind schon so.";
    n_people_of: "{} person", "{} people", "{} Person", "{} Personen";
    n_files: "{} file", "{} files", "{} Datei", "{} Dateien";
    n_rooms: "{} room", "{} rooms", "{} Raum", "{} Räume";
}}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_as_the_language_has_it() {
        let of = |count: u64| (ENGLISH.number(count), GERMAN.number(count));
        assert_eq!(of(0), ("0".to_owned(), "0".to_owned()));
        assert_eq!(of(999), ("999".to_owned(), "999".to_owned()));
        assert_eq!(of(1_234_567), ("1,234,567".to_owned(), "1.234.567".to_owned()));
    }
}
