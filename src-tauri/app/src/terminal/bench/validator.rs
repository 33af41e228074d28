//! One validator of a measured network, as a process of its own. It ends when its input does.

use super::network::{limits, node_key, vote_key};
use crate::UserError;
use node::{DataFolder, Invitation, Membership, Network, Node, Options, SystemClock};
use serde_json::json;
use std::io::{Read, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How often it says how far it is.
const SAY: Duration = Duration::from_millis(50);

/// Runs the validator of a seat until the input ends.
pub fn run(folder: &Path, seat: usize) -> Result<(), UserError> {
    let data = DataFolder::open(folder)?;
    let invitation = Invitation::of_folder(folder)?.ok_or_else(|| UserError::new("no-key"))?;
    let options = Options {
        views: false,
        ..Options::new(Some(vote_key(seat)), Arc::new(SystemClock))
    };
    let node = Arc::new(Node::open_with(&data, options)?);
    let address = invitation.seats.get(seat).and_then(|seat| seat.addresses.first());
    let membership = Membership {
        key: node_key(seat),
        listen: address.and_then(|address| address.to_string().parse().ok()),
        seats: invitation.seats,
        party: None,
        workers: 1,
        limits: limits(),
    };
    let network = Network::start(&node, membership)?;
    let over = Arc::new(AtomicBool::new(false));
    let watcher = Arc::clone(&over);
    // It sleeps in `read` until the one who started us closes our input or ends.
    std::thread::spawn(move || {
        let _ended = std::io::stdin().read_to_end(&mut Vec::new());
        watcher.store(true, Ordering::Relaxed);
    });
    say(&node, &over)?;
    network.stop();
    node.close();
    Ok(())
}

/// Height and how many records stand up to it, whenever either has changed.
fn say(node: &Node, over: &AtomicBool) -> Result<(), UserError> {
    let (mut height, mut records, mut said) = (0, 0, None);
    while !over.load(Ordering::Relaxed) {
        let newest = node.head().map_or(0, |head| head.height);
        while height < newest {
            height += 1;
            records += node.block(height)?.map_or(0, |block| block.header.records_count);
        }
        if said != Some(height) {
            said = Some(height);
            let mut out = std::io::stdout().lock();
            // Whoever started us has gone: the input ends too.
            let _unheard = writeln!(out, "{}", json!({"height": height, "records": records}));
            let _unheard = out.flush();
        }
        std::thread::sleep(SAY);
    }
    Ok(())
}
