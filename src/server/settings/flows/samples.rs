//! Sample flows.

use crate::{
    contract::flow::SampleRow,
    domain::flow::{definition::Flow, samples::Sample},
};

/// The samples from which an admin can start.
pub fn rows() -> Vec<SampleRow> {
    let row = |sample: Sample| SampleRow {
        key: sample.as_str().to_owned(),
        name: sample.label().to_owned(),
        description: sample.description().to_owned(),
    };
    Sample::ALL.into_iter().map(row).collect()
}

pub fn find(key: &str) -> Option<Flow> {
    key.parse().ok().map(Sample::flow)
}
