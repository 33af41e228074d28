//! Lies told from the files of a fresh demo, each with the check that docs/protocol.md, 10 gives the answer to. Three verifiers must
//! refuse each and name that check.

mod story;
mod told;

use serde_json::{Value, json};

use crate::{Case, python, rust, typescript, unlisted};
use story::Story;

/// A lie in the making: a file, and changes to it.
struct Lie {
    name: &'static str,
    first_failed: &'static str,
    file: Value,
}

impl Lie {
    fn new(name: &'static str, first_failed: &'static str, file: &Value) -> Self {
        Self {
            name,
            first_failed,
            file: file.clone(),
        }
    }

    /// Another value at a JSON pointer.
    fn set(mut self, pointer: &str, value: impl Into<Value>) -> Self {
        *self.file.pointer_mut(pointer).unwrap() = value.into();
        self
    }

    /// Entries of an array that stay. A lie that takes nothing away would be none.
    fn keep(mut self, array: &str, stays: impl Fn(&Value) -> bool) -> Self {
        let entries = self.file[array].as_array_mut().unwrap();
        let before = entries.len();
        entries.retain(|entry| stays(entry));
        assert!(entries.len() < before, "{}: nothing taken from {array}", self.name);
        self
    }

    /// Without the records, and without the blocks that then hold none.
    fn without(self, gone: impl Fn(&Value) -> bool) -> Self {
        self.keep("records", |shown| !gone(shown)).without_empty_blocks()
    }

    fn without_empty_blocks(mut self) -> Self {
        let heights: Vec<Value> = list(&self.file, "records")
            .iter()
            .map(|shown| shown["height"].clone())
            .collect();
        let blocks = self.file["blocks"].as_array_mut().unwrap();
        blocks.retain(|block| heights.contains(&block["header"]["height"]));
        self
    }

    /// With all entries of another file, each once and in order.
    fn joined(mut self, array: &str, other: &Value, order: impl Fn(&Value) -> (u64, u64, String)) -> Self {
        let entries = self.file[array].as_array_mut().unwrap();
        let before = entries.len();
        for entry in list(other, array) {
            if !entries.iter().any(|ours| order(ours) == order(entry)) {
                entries.push(entry.clone());
            }
        }
        assert!(entries.len() > before, "{}: nothing joined to {array}", self.name);
        entries.sort_by_key(order);
        self
    }
}

fn list<'a>(file: &'a Value, array: &str) -> &'a Vec<Value> {
    file[array].as_array().unwrap()
}

/// The place of the one entry that fits.
fn place(file: &Value, array: &str, fits: impl Fn(&Value) -> bool) -> usize {
    list(file, array).iter().position(fits).unwrap()
}

fn writes(shown: &Value, subject: &str) -> bool {
    shown["record"]["subjects"]
        .as_array()
        .unwrap()
        .contains(&json!(subject))
}

fn is_kind(shown: &Value, kind: &str) -> bool {
    shown["record"]["kind"] == kind
}

#[test]
fn lies_about_the_demo_are_refused_by_three_verifiers_for_one_reason() {
    let story = Story::tell();
    let honest = serde_json::to_vec(&story.good).unwrap();
    let anchor = story.demo.anchor.as_slice();
    let found = rust(&honest, Some(anchor), None);
    assert_eq!(found["verdict"], "accepted", "the file they start from: {found}");
    let mut lies = told::of_recalls(&story);
    lies.extend(told::of_records(&story));
    lies.extend(told::of_places(&story));
    lies.extend(told::of_heads(&story));
    lies.extend(told::of_networks(&story));
    lies.extend(told::of_mandates(&story));
    lies.extend(told::of_closure(&story));
    lies.extend(told::of_states(&story));
    lies.extend(told::of_form(&story));
    let files: Vec<Vec<u8>> = lies.iter().map(|lie| serde_json::to_vec(&lie.file).unwrap()).collect();
    let cases: Vec<Case> = files
        .iter()
        .enumerate()
        .map(|(number, file)| Case {
            file: story.demo.keep(&format!("lie-{number}.json"), file),
            anchor: Some(story.anchor().to_path_buf()),
            not_before: None,
        })
        .collect();
    let (theirs, thirds) = (typescript(&cases), python(&cases));
    assert_eq!((theirs.len(), thirds.len()), (lies.len(), lies.len()));
    let mut wrong = Vec::new();
    for (number, (lie, file)) in lies.iter().zip(&files).enumerate() {
        let ours = rust(file, Some(anchor), None);
        let asked = json!(["refused", lie.first_failed]);
        let said = [&ours, &theirs[number], &thirds[number]];
        if said
            .iter()
            .any(|said| json!([said["verdict"], said["first_failed"]]) != asked)
            || ours != theirs[number]
        {
            wrong.push(format!("{}: asked {asked}, said {said:?}", lie.name));
        }
    }
    assert!(wrong.is_empty(), "{} lies:\n{}", wrong.len(), wrong.join("\n"));
    println!(
        "{} lies about the demo refused, by Rust, TypeScript and Python for the same reason",
        lies.len()
    );
}

#[test]
fn an_older_file_is_accepted_with_its_age_unless_a_height_is_demanded() {
    let story = Story::tell();
    let (then, now) = (&story.older["head"], &story.good["head"]);
    let heights = [then, now].map(|head| head["height"].as_u64().unwrap());
    assert!(heights[0] + 2 < heights[1], "{heights:?}");
    let case = |not_before| Case {
        file: story.demo.evidence_file(),
        anchor: Some(story.anchor().to_path_buf()),
        not_before,
    };
    let cases = [case(None), case(Some(heights[0])), case(Some(heights[1]))];
    let said = |case: &Case| rust(&story.demo.evidence, Some(&story.demo.anchor), case.not_before);
    let ours: Vec<Value> = cases.iter().map(said).collect();
    for accepted in &ours[..2] {
        assert_eq!(accepted["verdict"], "accepted");
        assert_eq!(
            accepted["as_of"],
            json!({"height": then["height"], "time": then["time"]})
        );
    }
    assert_eq!(ours[2]["verdict"], "refused");
    assert_eq!(ours[2]["first_failed"], "freshness");
    assert_eq!(typescript(&cases), ours);
    assert_eq!(python(&cases), unlisted(&ours));
}
