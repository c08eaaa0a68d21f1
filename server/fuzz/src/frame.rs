use serde::{Serialize, de::DeserializeOwned};
use stoa_domain::wire::channel::{Answer, Incoming, Outcome, Request, Signal};
use stoa_domain::wire::message::RoomEvent;

/// Frames of the live protocol in both directions: what can be read can be written, and what was
/// written reads as the same.
pub fn frame(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(request) = serde_json::from_str::<Request>(text) {
        stays::<Request>(&request);
    }
    match Incoming::decode(text) {
        Ok(Some(Incoming::Event(event))) => {
            let written = stays::<RoomEvent>(&event);
            assert!(matches!(Incoming::decode(&written), Ok(Some(Incoming::Event(_)))), "{written} is no event any more");
        }
        Ok(Some(Incoming::Signal(signal))) => {
            let written = stays::<Signal>(&signal);
            assert!(matches!(Incoming::decode(&written), Ok(Some(Incoming::Signal(_)))), "{written} is no signal any more");
        }
        Ok(Some(Incoming::Answer { re, outcome })) => answer(re, outcome),
        Ok(None) | Err(_) => {}
    }
}

fn answer(re: u64, outcome: Outcome<serde_json::Value>) {
    let written = serde_json::to_string(&Answer { re, outcome: outcome.clone() }).expect("an answer can be written");
    let Ok(Some(Incoming::Answer { re: again, outcome: read })) = Incoming::decode(&written) else { panic!("{written} is no answer any more") };
    assert_eq!(re, again, "{written}");
    match (outcome, read) {
        // Nothing in the protocol is a fraction, and serde_json reads only nearly what it wrote of one.
        (Outcome::Ok(_), Outcome::Ok(_)) => {}
        (Outcome::Error(problem), Outcome::Error(read)) => assert_eq!(problem, read),
        _ => panic!("{written} was a refusal and isn't, or the other way round"),
    }
}

/// Compared as text: a time is written more coarsely than it may be sent.
fn stays<T: Serialize + DeserializeOwned>(value: &T) -> String {
    let written = serde_json::to_string(value).expect("what was read can be written");
    let read: T = serde_json::from_str(&written).unwrap_or_else(|error| panic!("{written} can't be read again: {error}"));
    assert_eq!(serde_json::to_string(&read).expect("what was read can be written"), written);
    written
}
