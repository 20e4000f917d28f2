//! One cell from its plan to bytes: all that runs on many threads at once.

use super::cell::Cell;
use super::expected::{self, Findings, Shape};
use super::files::Compress;
use super::planner::{Spec, least_peer_members};
use super::world::World;
use super::{claim_rows, edi837p, ordinary, others, stories};

/// What a cell adds to the files of the set.
#[derive(Debug, Default)]
pub(super) struct Produced {
    pub(super) lines: u64,
    pub(super) claims: u64,
    pub(super) members: u64,
    pub(super) peer_lines: u64,
    /// One buffer a file, compressed if asked; none where the format is not asked for.
    pub(super) rows: Vec<Vec<u8>>,
    pub(super) wire: Vec<Vec<u8>>,
    /// Transaction sets in each file.
    pub(super) transaction_sets: Vec<u64>,
    pub(super) tables: [Vec<u8>; 6],
    pub(super) expected_csv: Findings,
    pub(super) expected_x12: Findings,
    pub(super) supervisors_over_capacity: u64,
}

/// Makes one cell.
pub(super) fn produce(world: &World, spec: &Spec, compress: Compress) -> std::io::Result<Produced> {
    let mut cell = Cell::new(world, spec);
    stories::play(&mut cell);
    fill(&mut cell);
    debug_assert!(cell.claims.iter().all(|claim| claim.place_in_file <= world.as_of));
    let order = cell.order();
    let mut produced = Produced {
        lines: cell.lines.len() as u64,
        claims: cell.claims.len() as u64,
        members: cell.members.len() as u64,
        peer_lines: u64::from(cell.peer_lines),
        supervisors_over_capacity: cell.supervisors_over_capacity,
        ..Produced::default()
    };
    if world.csv {
        for rows in claim_rows::write(&cell, &order) {
            produced.rows.push(compress.pack(rows)?);
        }
        produced.expected_csv = expected::write(&cell, &order, Shape::Csv);
    }
    if world.x12 {
        for (wire, sets) in edi837p::write(&cell, &order) {
            produced.wire.push(compress.pack(wire)?);
            produced.transaction_sets.push(sets);
        }
        produced.expected_x12 = expected::write(&cell, &order, Shape::X12);
    }
    produced.tables = cell.tables.parts();
    Ok(produced)
}

/// Ordinary members and lines, until the cell has as many as its plan says.
fn fill(cell: &mut Cell) {
    let told = cell.members.len();
    let members = (cell.spec.members as usize).saturating_sub(told) as u32;
    let years = u64::from(cell.world.years);
    let peer_left = u64::from(cell.spec.peer_lines - cell.peer_lines);
    let other_left = u64::from(cell.spec.other_lines - cell.other_lines);
    // A peer-support member takes 14 lines a year, another one 10: the shares of the members.
    let (peer_weight, other_weight) = (peer_left * 10, other_left * 14);
    let share = u64::from(members) * peer_weight / (peer_weight + other_weight).max(1);
    let least = least_peer_members(peer_left as u32, years as u32);
    let with_peer = (share as u32).max(least);
    ordinary::fill(cell, with_peer);
    let from = cell.members.len();
    for _ in with_peer..members {
        others::member(cell);
    }
    if cell.members.is_empty() {
        others::member(cell);
    }
    others::fill(cell, from..cell.members.len());
}
