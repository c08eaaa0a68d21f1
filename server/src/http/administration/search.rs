use serde::Deserialize;
use stoa_domain::wire::PageQuery;
use utoipa::IntoParams;

/// How a page of a list that can be searched is asked for.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// Only names that contain this, whatever its case.
    pub q: Option<String>,
    pub cursor: Option<String>,
    /// 50 unless asked otherwise, at most 200.
    pub limit: Option<u32>,
}

impl Search {
    pub fn split(self) -> (Option<String>, PageQuery) {
        (self.q, PageQuery { cursor: self.cursor, limit: self.limit })
    }
}
