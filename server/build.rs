//! The site's files are embedded: a newly built site means a new binary.
fn main() {
    println!("cargo::rerun-if-changed=../target/site");
}
