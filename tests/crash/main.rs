//! That a node keeps what it acknowledged: killed, out of disk, restored, damaged, or with a clock that goes wrong.
//!
//! `SEALROAD_LONG=1` kills a hundred times and damages more places. Chances print their seed; `SEALROAD_SEED` repeats them.

mod backups;
mod clock;
mod common;
mod damage;
mod disk;
mod frozen;
mod kill;
mod locks;
mod save_points;
mod support;
mod views;
