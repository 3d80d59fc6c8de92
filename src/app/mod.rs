pub(crate) mod background;
pub(crate) mod backup;
pub mod cli;
pub mod data_transfer;
pub(crate) mod demo;
pub(crate) mod metrics_endpoint;
pub(crate) mod repair;
pub mod serve;
