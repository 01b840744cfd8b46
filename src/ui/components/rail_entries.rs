//! The ids of the rail's entries, for whoever moves the focus to one, and the address of the live wall, whose page is in
//! a part of its own.

/// The address of the live wall.
pub const WALL: &str = "/wall";

pub const RAIL_CONVERSATIONS: &str = "rail-conversations";
pub const RAIL_REPORTS: &str = "rail-reports";
pub const RAIL_ADMIN: &str = "rail-admin";
pub const RAIL_WALL: &str = "rail-wall";
