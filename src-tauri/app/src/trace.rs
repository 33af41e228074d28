//! Where goods come from and where they went, as a graph over states and records.

use crate::App;
use crate::call::{Trace, TraceEdge, TraceNode, View};
use crate::error::UserError;
use crate::firm::Firm;
use crate::{detail, names};
use ledger::Subject;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use systems::State;
use systems::shared::goods::{Quantity, Unit};

/// Most nodes of a graph.
const NODES: usize = 500;

/// Goods whose truth the subject rests on: its lot, product, input lots, all the way; without itself.
pub(crate) fn origins(firm: &Firm, subject: &Subject) -> Result<Vec<Subject>, UserError> {
    let goods = |subject: &Subject| {
        ["lot:", "item:", "product:"]
            .iter()
            .any(|kind| subject.as_str().starts_with(kind))
    };
    let mut seen = BTreeSet::from([subject.clone()]);
    let mut queue = VecDeque::from([subject.clone()]);
    let mut found = Vec::new();
    while let Some(next) = queue.pop_front() {
        let Some(entry) = firm.node.entry(&next)? else { continue };
        for link in entry.state.links() {
            if goods(&link) && found.len() < NODES && seen.insert(link.clone()) {
                found.push(link.clone());
                queue.push_back(link);
            }
        }
    }
    Ok(found)
}

struct Graph<'a> {
    firm: &'a Firm,
    steps: BTreeMap<Subject, i32>,
    edges: BTreeMap<(Subject, Subject), TraceEdge>,
    cut: bool,
}

impl Graph<'_> {
    /// Adds an edge; gives the far end back if it is new.
    fn edge(
        &mut self,
        from: &Subject,
        to: &Subject,
        quantity: Option<Quantity>,
        record: String,
        far: (&Subject, i32),
    ) -> Option<Subject> {
        let new = !self.steps.contains_key(far.0);
        if new && self.steps.len() >= NODES {
            self.cut = true;
            return None;
        }
        let edge = TraceEdge {
            from: from.to_string(),
            to: to.to_string(),
            quantity,
            record,
        };
        self.edges.entry((from.clone(), to.clone())).or_insert(edge);
        if new {
            self.steps.insert(far.0.clone(), far.1);
        }
        new.then(|| far.0.clone())
    }

    /// Everything one step towards the raw material.
    fn back(&mut self, subject: &Subject, step: i32) -> Result<Vec<Subject>, UserError> {
        let mut next = Vec::new();
        match detail::view(self.firm, subject)? {
            Some(View::Lot(lot)) => {
                for input in lot.inputs {
                    let from = names::subject(&input.subject)?;
                    next.extend(self.edge(&from, subject, Some(input.quantity), input.record, (&from, step - 1)));
                }
            }
            Some(View::Item(item)) => {
                let lot = names::subject(&item.lot)?;
                let one = Quantity {
                    value: 1,
                    scale: 0,
                    unit: Unit::H87,
                };
                let record = self.founding(subject)?;
                next.extend(self.edge(&lot, subject, Some(one), record, (&lot, step - 1)));
            }
            Some(View::Shipment(_)) => {
                for goods in self.contents(subject)? {
                    let record = self.founding(subject)?;
                    next.extend(self.edge(&goods, subject, None, record, (&goods, step - 1)));
                }
            }
            _ => {}
        }
        Ok(next)
    }

    /// Everything one step towards the buyer.
    fn on(&mut self, subject: &Subject, step: i32) -> Result<Vec<Subject>, UserError> {
        let mut next = Vec::new();
        match detail::view(self.firm, subject)? {
            Some(View::Lot(lot)) => {
                for output in lot.outputs.into_iter().chain(lot.shipments) {
                    let to = names::subject(&output.subject)?;
                    next.extend(self.edge(subject, &to, Some(output.quantity), output.record, (&to, step + 1)));
                }
            }
            Some(View::Item(item)) => {
                if let Some(shipment) = item.shipment {
                    let to = names::subject(&shipment)?;
                    let one = Quantity {
                        value: 1,
                        scale: 0,
                        unit: Unit::H87,
                    };
                    let record = self.founding(&to)?;
                    next.extend(self.edge(subject, &to, Some(one), record, (&to, step + 1)));
                }
            }
            _ => {}
        }
        Ok(next)
    }

    fn contents(&self, shipment: &Subject) -> Result<Vec<Subject>, UserError> {
        let entry = self.firm.node.entry(shipment)?;
        Ok(match entry.as_ref().map(|entry| &*entry.state) {
            Some(State::Shipment(state)) => state.contents().cloned().collect(),
            _ => Vec::new(),
        })
    }

    fn founding(&self, subject: &Subject) -> Result<String, UserError> {
        let first = self.firm.node.history(subject, 0, 1)?;
        Ok(first
            .first()
            .map(|stored| stored.record.id().to_string())
            .unwrap_or_default())
    }

    /// Follows one direction to its end.
    fn walk(
        &mut self,
        start: &Subject,
        mut step: impl FnMut(&mut Self, &Subject, i32) -> Result<Vec<Subject>, UserError>,
    ) -> Result<(), UserError> {
        let mut queue = VecDeque::from([start.clone()]);
        while let Some(subject) = queue.pop_front() {
            let at = self.steps.get(&subject).copied().unwrap_or_default();
            queue.extend(step(self, &subject, at)?);
        }
        Ok(())
    }
}

/// The graph around a subject, both ways.
pub(crate) fn trace(app: &App, subject: &str) -> Result<Trace, UserError> {
    let firm = app.firm()?;
    let subject = names::subject(subject)?;
    if firm.node.entry(&subject)?.is_none() {
        return Err(UserError::new("unknown-subject").at("subject").with("value", &subject));
    }
    let mut graph = Graph {
        firm: &firm,
        steps: BTreeMap::from([(subject.clone(), 0)]),
        edges: BTreeMap::new(),
        cut: false,
    };
    graph.walk(&subject, Graph::back)?;
    graph.walk(&subject, Graph::on)?;
    let mut nodes = Vec::with_capacity(graph.steps.len());
    for (subject, step) in &graph.steps {
        nodes.push(TraceNode {
            row: names::row(&firm, subject)?,
            step: *step,
        });
    }
    nodes.sort_by(|a, b| a.step.cmp(&b.step).then_with(|| a.row.subject.cmp(&b.row.subject)));
    Ok(Trace {
        nodes,
        edges: graph.edges.into_values().collect(),
        cut: graph.cut,
    })
}
