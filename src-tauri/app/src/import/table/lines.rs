//! Lines of a sheet as they are read: nothing is put aside for cells that are not there, and there is an end to everything.

use super::{CELLS, COLUMNS, Cell, ROWS, TEXT};
use crate::error::UserError;
use std::collections::BTreeMap;

/// What was read so far.
#[derive(Default)]
pub(super) struct Lines {
    /// Line or row of the sheet, from 1 → cells from the first column.
    rows: BTreeMap<u32, Vec<Cell>>,
    cells: usize,
    text: usize,
}

impl Lines {
    /// Takes a cell that says something; one that is empty is passed over. `column` counts from 0.
    ///
    /// # Errors
    /// The sheet is larger than one may be.
    pub(super) fn put(&mut self, row: u32, column: usize, cell: Cell) -> Result<(), UserError> {
        if cell.text.is_empty() {
            return Ok(());
        }
        if column >= COLUMNS {
            let error = UserError::new("import.too-wide").with("expected", COLUMNS);
            return Err(error.with("value", column.saturating_add(1)));
        }
        let rows = self.rows.len();
        let line = self.rows.entry(row).or_default();
        if line.is_empty() && rows > ROWS {
            return Err(UserError::new("import.too-long").with("expected", ROWS));
        }
        if line.len() <= column {
            self.cells = self.cells.saturating_add(column + 1 - line.len());
            line.resize(column + 1, Cell::default());
        }
        self.text = self.text.saturating_add(cell.text.len());
        if let Some(place) = line.get_mut(column) {
            *place = cell;
        }
        if self.cells > CELLS {
            return Err(UserError::new("import.too-many-cells").with("expected", CELLS));
        }
        if self.text > TEXT {
            return Err(UserError::new("import.too-much-text").with("expected", TEXT));
        }
        Ok(())
    }

    /// The lines in their order, without columns in front that say nothing in any of them.
    pub(super) fn finish(self) -> impl Iterator<Item = (u32, Vec<Cell>)> {
        let first = |cells: &Vec<Cell>| cells.iter().position(|cell| !cell.text.is_empty());
        let empty = self.rows.values().filter_map(first).min().unwrap_or(0);
        self.rows.into_iter().map(move |(row, mut cells)| {
            cells.drain(..empty.min(cells.len()));
            (row, cells)
        })
    }
}
