//! The one conformance suite.
