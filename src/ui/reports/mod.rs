//! The reports. What is asked for is in the address, and links and forms work without scripts.

pub mod staffing;
