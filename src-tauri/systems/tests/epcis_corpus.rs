//! EPCIS documents of others: openEPCIS's valid and invalid ones, and the published event-hash vectors.
#![allow(clippy::disallowed_methods, reason = "tests read files; the crate does not")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use systems::supply_chain::formats::epcis::{
    EpcisDocument, EpcisError, check_query, event_hash, parse, prehash, summary, write,
};

const LIMIT: usize = 64 << 20;

/// Valid documents we refuse all the same, each with the reason; the issue allows three.
const DEVIATIONS: [(&str, &str); 0] = [];

fn corpus() -> Option<PathBuf> {
    let folder = std::env::var_os("SEALROAD_CORPUS").map(PathBuf::from);
    if folder.is_none() {
        println!("SEALROAD_CORPUS is not set: nothing was tested here");
    }
    folder.map(|folder| folder.join("epcis"))
}

/// Files of a folder (not of its subfolders) with one of the endings, in order.
fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries
        .filter(|path| {
            path.extension()
                .is_some_and(|e| endings.iter().any(|ending| e == *ending))
        })
        .collect();
    files.sort();
    files
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_string_lossy().into_owned()
}

fn read(path: &Path) -> Result<EpcisDocument, Vec<EpcisError>> {
    parse(&std::fs::read(path).unwrap(), LIMIT)
}

fn hashes(document: &EpcisDocument) -> Vec<String> {
    document
        .events()
        .iter()
        .map(|event| event_hash(event, document.context()))
        .collect()
}

#[test]
fn valid_documents_are_imported_and_survive_export() {
    let Some(corpus) = corpus() else { return };
    let open = corpus.join("openepcis");
    let mut valid = Vec::new();
    for folder in ["Capture/Documents", "Capture/Events", "Query"] {
        valid.extend(files(&open.join(folder), &["json"]));
    }
    let (mut imported, mut events) = (0, 0);
    for path in &valid {
        if DEVIATIONS.iter().any(|(file, _)| path.ends_with(file)) {
            continue;
        }
        let document = read(path).unwrap_or_else(|errors| panic!("{}: {errors:#?}", path.display()));
        let text = write(&document);
        let again = parse(text.as_bytes(), LIMIT).unwrap();
        assert_eq!(again, document, "{}", path.display());
        assert_eq!(write(&again), text);
        assert_eq!(hashes(&again), hashes(&document), "{}", path.display());
        for event in document.events() {
            let plain = summary(event, document.context());
            assert!(plain.time.ends_with('Z') && plain.time.len() == 24, "{plain:?}");
        }
        imported += 1;
        events += document.events().len();
    }
    let query = std::fs::read(open.join("Query/Queries/SimpleEventQuery.json")).unwrap();
    check_query(&query, LIMIT).unwrap();
    println!(
        "valid documents imported {imported} of {}, {events} events; valid queries 1 of 1",
        valid.len()
    );
    println!("deviations {}: {DEVIATIONS:?}", DEVIATIONS.len());
    assert_eq!(imported + DEVIATIONS.len(), valid.len());
    assert_eq!(valid.len(), 52);
}

/// The invalid files and one place each that must be named.
const INVALID: [(&str, Option<usize>, &str); 17] = [
    (
        "Capture/Invalid/Combination_of_events_with_missing_mandatory_fields.json",
        Some(1),
        "/eventTimeZoneOffset",
    ),
    (
        "Capture/Invalid/Combination_of_multiple_invalid_fields.json",
        Some(4),
        "/action",
    ),
    (
        "Capture/Invalid/Combination_of_non_standard_bizStep_and_disposition.json",
        Some(1),
        "/disposition",
    ),
    ("Capture/Invalid/EPCISDocument_without_context.json", None, "/@context"),
    (
        "Capture/Invalid/ObjectEvent_with_ilmd_field_without_namespace.json",
        Some(0),
        "/ilmd/materialType",
    ),
    (
        "Capture/Invalid/ObjectEvent_with_invalid_action.json",
        Some(0),
        "/action",
    ),
    (
        "Capture/Invalid/ObjectEvent_with_invalid_certificationInfo.json",
        Some(0),
        "/certificationInfo/0",
    ),
    (
        "Capture/Invalid/ObjectEvent_with_invalid_eventTime_format.json",
        Some(0),
        "/eventTime",
    ),
    (
        "Capture/Invalid/ObjectEvent_with_non_standard_bizStep.json",
        Some(0),
        "/bizStep",
    ),
    (
        "Capture/Invalid/ObjectEvent_with_non_standard_bizStep_in_second_event.json",
        Some(1),
        "/bizStep",
    ),
    (
        "Capture/Invalid/ObjectEvent_with_non_standard_disposition.json",
        Some(0),
        "/disposition",
    ),
    (
        "Capture/Invalid/ObjectEvent_with_quantity_as_text.json",
        Some(0),
        "/quantityList/0/quantity",
    ),
    (
        "Capture/Invalid/ObjectEvent_with_unknown_field_in_quantityList.json",
        Some(0),
        "/quantityList/0/weight",
    ),
    (
        "Capture/Invalid/ObjectEvent_without_action_and_eventTime.json",
        Some(0),
        "/eventTime",
    ),
    (
        "Capture/Invalid/ObjectEvent_without_identifier_list.json",
        Some(0),
        "/epcList",
    ),
    (
        "Query/Invalid/QueryDocument_with_invalid_action.json",
        Some(0),
        "/action",
    ),
    (
        "Query/Invalid/QueryDocument_with_invalid_eventType.json",
        Some(0),
        "/type",
    ),
];

#[test]
fn invalid_documents_are_refused_at_their_place() {
    let Some(corpus) = corpus() else { return };
    let open = corpus.join("openepcis");
    let on_disk =
        files(&open.join("Capture/Invalid"), &["json"]).len() + files(&open.join("Query/Invalid"), &["json"]).len();
    for (file, event, place) in INVALID {
        let errors = read(&open.join(file)).expect_err(file);
        assert!(
            errors.iter().any(|e| e.event_index == event && e.path == place),
            "{file}: {errors:#?}"
        );
    }
    let queries = [
        (
            "Query_with_invalid_values.json",
            vec!["/GE_eventTime", "/EQ_action/0", "/orderDirection"],
        ),
        ("Query_with_unknown_parameter.json", vec!["/GE_eventDate"]),
    ];
    for (file, places) in &queries {
        let errors = check_query(
            &std::fs::read(open.join("Query/Queries/Invalid").join(file)).unwrap(),
            LIMIT,
        );
        let errors = errors.expect_err(file);
        assert_eq!(errors.iter().map(|e| e.path.as_str()).collect::<Vec<_>>(), *places);
    }
    println!(
        "invalid documents refused with place {} of {on_disk}; invalid queries {} of 2",
        INVALID.len(),
        queries.len()
    );
    assert_eq!(INVALID.len(), on_disk);
}

#[test]
fn each_fault_of_a_document_with_many_is_named() {
    let Some(corpus) = corpus() else { return };
    let errors =
        read(&corpus.join("openepcis/Capture/Invalid/Combination_of_multiple_invalid_fields.json")).unwrap_err();
    let places: Vec<_> = errors
        .iter()
        .map(|e| (e.event_index.unwrap(), e.path.as_str()))
        .collect();
    assert_eq!(
        places,
        [
            (0, "/bizStep"),
            (1, "/disposition"),
            (2, "/sourceList/0/type"),
            (3, "/ilmd/materialType"),
            (4, "/eventTime"),
            (4, "/action")
        ]
    );
}

#[test]
fn published_hashes_are_reproduced() {
    let Some(corpus) = corpus() else { return };
    let (mut passed, mut total, mut wrong) = (0, 0, Vec::new());
    for path in files(&corpus.join("event-hash/examples"), &["jsonld"]) {
        let expected = std::fs::read_to_string(path.with_extension("hashes")).unwrap();
        let expected: Vec<&str> = expected.split_whitespace().collect();
        let document = read(&path).unwrap_or_else(|errors| panic!("{}: {errors:#?}", path.display()));
        assert_eq!(document.events().len(), expected.len(), "{}", name(&path));
        for (event, hash) in document.events().iter().zip(expected) {
            total += 1;
            if event_hash(event, document.context()) == hash {
                passed += 1;
            } else {
                wrong.push(format!("{}: {}", name(&path), prehash(event, document.context())));
            }
        }
        let again = parse(write(&document).as_bytes(), LIMIT).unwrap();
        assert_eq!(hashes(&again), hashes(&document));
    }
    println!("event-hash vectors passed {passed} of {total}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(total, 43);
}

#[test]
fn files_declared_equal_hash_alike() {
    let Some(corpus) = corpus() else { return };
    let sets = files(&corpus.join("event-hash/expected_equal"), &["json", "jsonld"]);
    for path in &sets {
        let document = read(path).unwrap_or_else(|errors| panic!("{}: {errors:#?}", path.display()));
        let distinct: BTreeSet<String> = hashes(&document).into_iter().collect();
        assert!(
            document.events().len() > 1 && distinct.len() == 1,
            "{}: {distinct:?}",
            path.display()
        );
    }
    println!("equality sets in JSON passed {} of {}", sets.len(), sets.len());
    assert_eq!(sets.len(), 1);
}
